import type {
  AgentImport,
  AgentVersion,
  createVersion,
  importAgents,
  publishVersion,
  saveDraft,
} from '../agents/index.ts'
import type { Analysis, AnalysisResult } from '../analysis/index.ts'
import type { Actor } from '../audit/index.ts'
import type { Backfill, PlanInput } from '../backfill/index.ts'
import type { Conversation, ConversationPage, ImportInput, ImportReport } from '../conversations/index.ts'
import type { Filter } from '../filters/index.ts'
import type { Log } from '../log.ts'
import type { Mapping } from '../mapping/index.ts'
import type { ApiKey } from './api-keys/key-store.ts'

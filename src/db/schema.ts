import type { AccountingTables } from './schema/accounting.ts'
import type { BackfillTables } from './schema/backfill.ts'
import type { ConversationsTables } from './schema/conversations.ts'
import type { PeopleTables } from './schema/people.ts'
import type { SyncTables } from './schema/sync.ts'
import type { TriggerTables } from './schema/triggers.ts'

/** Every table, in the words of the migrations: snake_case here as there, so that SQL reads the same in code and in psql. */
export type Database = AccountingTables &
  PeopleTables &
  ConversationsTables &
  SyncTables &
  BackfillTables &
  TriggerTables

export type {
  AnalysisOutcome,
  Author,
  BackfillState,
  ContributionState,
  ConversationKind,
  ForgottenKind,
  Period,
  RunKind,
  ScheduleRunState,
  TriggerState,
} from './schema/states.ts'

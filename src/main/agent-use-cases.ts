import {
  type AgentsAnnouncements,
  createAgent,
  createVersion,
  deleteAgent,
  deleteVersion,
  getAgent,
  importAgents,
  listAgentPage,
  listAgents,
  listVersionPage,
  listVersions,
  publishVersion,
  saveDraft,
} from '../agents/index.ts'
import type { Db } from '../db/index.ts'
import type { UseCases } from './use-cases.ts'

type Deps = { db: Db; next: AgentsAnnouncements }

/** The use cases of agents and their versions. */
export function bindAgents(deps: Deps) {
  const { db } = deps
  return {
    getAgent: (...input) => getAgent(db, ...input),
    listAgents: () => listAgents(db),
    listAgentPage: (wanted) => listAgentPage(db, wanted),
    listVersions: (id) => listVersions(db, id),
    listVersionPage: (wanted) => listVersionPage(db, wanted),
    saveDraft: (input) => saveDraft(deps, input),
    createAgent: (input) => createAgent(deps, input),
    createVersion: (input) => createVersion(deps, input),
    publishVersion: (input) => publishVersion(deps, input),
    deleteAgent: (input) => deleteAgent(deps, input),
    deleteVersion: (input) => deleteVersion(deps, input),
    importAgents: (input) => importAgents(deps, input),
  } satisfies Partial<UseCases>
}

import { type ForgottenDraft, forgottenDrafts } from '../agents/index.ts'
import type { Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Frozen } from './types.ts'

const dayMs = 24 * 3_600_000

/**
 * Refuses a plan that would ask with a draft older than the newest published version of its agent, unless that draft is named:
 * `backfill.forgotten_draft` (422). Returns a sentence for each that is.
 */
export async function requireNamedDrafts(
  deps: { db: Trx; now: () => Date },
  { configs, transferred = [] }: Omit<Frozen, 'mappings'>,
  named: readonly string[] = [],
): Promise<string[]> {
  const parts = transferred.flatMap((chain) => chain.parts)
  const alone = Object.entries(configs).map(([agentId, config]) => ({ agentId, ...config }))
  const drafts = [...alone, ...parts].filter((each) => each.isDraft).map((each) => each.agentId)
  const forgotten = await forgottenDrafts(deps.db, [...new Set(drafts)])
  const unnamed = forgotten.filter(({ agentId }) => !named.includes(agentId))
  if (unnamed.length > 0) {
    const names = unnamed.map(({ agentId }) => agentId)
    const mean = `To mean ${names.length === 1 ? 'it' : 'them'} all the same, say --draft-of ${names.join(' ')} (drafts_of)`
    const message = `${unnamed.map((draft) => sentence(draft, deps.now())).join('; ')}. ${mean}; else make a new draft from what is published`
    throw new AppError('backfill.forgotten_draft', 'skip', message, { status: 422, facts: { agents: names } })
  }
  return forgotten.map((draft) => `${sentence(draft, deps.now())}; it was named`)
}

function sentence({ agentId, version, editedAt, published }: ForgottenDraft, now: Date): string {
  const days = Math.floor((now.getTime() - editedAt.getTime()) / dayMs)
  const age = days < 1 ? 'today' : `${days} ${days === 1 ? 'day' : 'days'} ago`
  const since = `version ${published.version}, published ${day(published.at)}`
  return `the draft of ${agentId}, version ${version}, last edited ${age} (${day(editedAt)}), is older than ${since}`
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10)
}

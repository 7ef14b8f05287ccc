import { isDeepStrictEqual } from 'node:util'
import { type Actor, recordEntry } from '../audit/index.ts'
import type { Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { configHash } from './config-hash.ts'
import { type AgentVersion, insertVersions, type NewVersion, updateDraft } from './version-store.ts'

/**
 * Writes one version as `wanted`, with its audit entry: adds it, changes it while it is a draft, or leaves it alone where
 * nothing differs. Needs the agent's lock. Throws `agent.version_frozen` (409) for a published version that differs.
 */
export async function writeVersion(
  trx: Trx,
  actor: Actor,
  before: AgentVersion | undefined,
  wanted: NewVersion,
): Promise<'new' | 'changed' | 'unchanged'> {
  if (before && before.hash === configHash(wanted.config) && isDeepStrictEqual(before.raw, wanted.raw))
    return 'unchanged'
  if (before === undefined) await insertVersions(trx, [wanted])
  else if (!(await updateDraft(trx, wanted))) throw frozen(wanted.agentId, wanted.version)
  await recordEntry(trx, {
    actor,
    action: before ? 'agent.draft_changed' : 'agent.version_added',
    subject: { kind: 'agent', id: wanted.agentId },
    ...(before && { before: { version: before.version, config: before.config } }),
    after: { version: wanted.version, config: wanted.config },
  })
  return before ? 'changed' : 'new'
}

export function frozen(agentId: string, version: number): AppError {
  return new AppError(
    'agent.version_frozen',
    'skip',
    `version ${version} of agent ${agentId} is published and frozen; change a draft instead`,
    { status: 409 },
  )
}

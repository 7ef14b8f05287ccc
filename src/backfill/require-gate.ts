import { gateQuarrels, readGateResult } from '../analysis/index.ts'
import { type Actor, recordEntry } from '../audit/index.ts'
import type { Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type Model, providerModel } from '../model/index.ts'
import { frozenChains, frozenConfigs } from './frozen-configs.ts'
import type { Backfill } from './types.ts'

/**
 * Lets a planned backfill go on only where this evaluation has passed its gate with exactly the configs that the plan froze and the
 * models that are asked now, and notes which one it was and what it left out. Throws `evaluation.unreadable` (422), and `backfill.gate_not_passed` (409) with every reason.
 */
export async function requireGate(
  trx: Trx,
  { profile }: Pick<Model, 'profile'>,
  { id, frozen }: Backfill,
  evaluation: unknown,
  actor: Actor,
): Promise<void> {
  const result = readGateResult(evaluation)
  const frozenOf = await frozenConfigs(trx, frozen)
  const configs = frozenChains(frozen).flatMap(({ chain, key, name, hash }) => {
    const found = frozenOf.get(key)
    return found ? [{ agentId: chain.agentId, name, hash, model: providerModel(profile, found.config.model) }] : []
  })
  const quarrels = gateQuarrels(result, configs)
  if (quarrels.length > 0) {
    const message = `the evaluation of ${result.at} is no pass for backfill ${id}: ${quarrels.join('; ')}`
    throw new AppError('backfill.gate_not_passed', 'skip', message, { status: 409, facts: { quarrels } })
  }
  const { at, gate, all, without } = result
  const subject = { kind: 'backfill', id: String(id) }
  const after = { at, gate, labels: all.labels, without }
  await recordEntry(trx, { actor, action: 'backfill.gate_passed', subject, after })
}

import { gateQuarrels, readGateResult } from '../analysis/index.ts'
import { type Actor, recordEntry } from '../audit/index.ts'
import type { Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { frozenChains } from './frozen-configs.ts'
import type { Backfill } from './types.ts'

/**
 * Lets a planned backfill go on only where this evaluation has passed its gate with exactly the configs that the plan froze, and notes
 * which one it was. Throws `evaluation.unreadable` (422), and `backfill.gate_not_passed` (409) with every reason.
 */
export async function requireGate(
  trx: Trx,
  { id, frozen }: Backfill,
  evaluation: unknown,
  actor: Actor,
): Promise<void> {
  const result = readGateResult(evaluation)
  const configs = frozenChains(frozen).map(({ chain, name, hash }) => ({ agentId: chain.agentId, name, hash }))
  const quarrels = gateQuarrels(result, configs)
  if (quarrels.length > 0) {
    const message = `the evaluation of ${result.at} is no pass for backfill ${id}: ${quarrels.join('; ')}`
    throw new AppError('backfill.gate_not_passed', 'skip', message, { status: 409, facts: { quarrels } })
  }
  const { at, gate, all } = result
  const subject = { kind: 'backfill', id: String(id) }
  await recordEntry(trx, { actor, action: 'backfill.gate_passed', subject, after: { at, gate, labels: all.labels } })
}

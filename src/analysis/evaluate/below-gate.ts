import type { Evaluation } from './evaluate-config.ts'
import type { ItemScore } from './score.ts'

/** The items whose agreement is below the gate, the lowest first. Items that no label knows are not among them. Pure. */
export function belowGate({ items }: Pick<Evaluation, 'items'>, gate: number): ItemScore[] {
  const agreement = (item: ItemScore) => item.agreement ?? 1
  return items.filter((item) => agreement(item) < gate).sort((one, other) => agreement(one) - agreement(other))
}

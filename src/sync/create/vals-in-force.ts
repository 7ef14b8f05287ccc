import type { Vals } from '../says.ts'

/** Of what several runs have released of one conversation, per field the newest that is not silent. Pure. */
export function valsInForce(released: readonly { runId: number; vals: Vals }[]): Vals {
  const inForce: Vals = {}
  for (const { vals } of released.toSorted((a, b) => a.runId - b.runId))
    for (const [field, val] of Object.entries(vals)) if (val.says !== 'silent') inForce[field] = val
  return inForce
}

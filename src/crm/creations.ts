import type { CallCounts, CreateOutcome, CreateRow } from './contract.ts'
import type { Row } from './rows.ts'

/** Creations of one object under way. `outcomes`, by key, are known as they are reached: what was created stays so when a later call fails. */
export type Creating = {
  object: string
  keyField: string
  counts: CallCounts | undefined
  outcomes: Map<string, CreateOutcome>
}

export type CreateAsk = { object: string; keyField: string; rows: readonly CreateRow[]; counts: CallCounts | undefined }

/** How often rows are looked for by their keys and sent again whose answer was lost, or whose key was taken at the very moment. */
export const MOST_TRIES = 3

/** What is to be sent, each key once. */
export function draftsOf({ rows }: CreateAsk): Row[] {
  const byKey = new Map(rows.map(({ key, values }) => [key, values]))
  return [...byKey].map(([id, values]) => {
    return { id, parentId: null, changedAt: null, values, rejectedFields: [], isSecondTry: false }
  })
}

export function settleMade({ outcomes }: Creating, row: Row, outcome: 'created' | 'found', externalId: string): void {
  outcomes.set(row.id, { key: row.id, outcome, externalId, rejectedFields: row.rejectedFields })
}

export function settleRejected({ outcomes }: Creating, row: Row, reason: string, code: string): void {
  const { id: key, rejectedFields } = row
  outcomes.set(key, { key, outcome: 'rejected', externalId: null, rejectedFields, reason, code })
}

/** In the order of the rows; what no call came to is `later`. */
export function outcomesOf(
  { rows }: CreateAsk,
  { outcomes }: Creating,
  reason: string,
  retryAfterMs?: number,
): CreateOutcome[] {
  return rows.map(({ key }) => {
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
    return outcomes.get(key) ?? { key, outcome: 'later', externalId: null, rejectedFields: [], reason, ...wait }
  })
}

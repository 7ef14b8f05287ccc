import type { RejectedField, Wire, WriteOutcome, WriteRow } from './contract.ts'

/** What was wrong with one field of a row. */
export type Problem = RejectedField

/** What one id is to be written, while it is under way: fields that the CRM refuses move from one list to the other. */
export type Row = {
  id: string
  parentId: string | null
  /** When the record was last changed before we write to it, as far as that is known. */
  changedAt: Date | null
  values: Record<string, Wire>
  rejectedFields: WriteOutcome['rejectedFields']
  /** Sent again without a field whose value was refused: that is done once. */
  isSecondTry: boolean
}

export type Verdict = Omit<WriteOutcome, 'externalId'>

/** One row per id, because a CRM refuses a batch that names one twice; of two values for a field the later wins. */
export function coalesce(rows: readonly WriteRow[]): Row[] {
  const byId = new Map<string, Row>()
  for (const { externalId: id, values, parentId = null, changedAt = null } of rows) {
    const earlier = byId.get(id)
    byId.set(id, {
      id,
      parentId,
      changedAt,
      values: { ...earlier?.values, ...values },
      rejectedFields: [],
      isSecondTry: false,
    })
  }
  return [...byId.values()]
}

/** Rows that turned out to mean one record, under the id it has now. */
export function together(id: string, rows: readonly Row[]): Row {
  return {
    id,
    parentId: null,
    changedAt: null,
    values: Object.assign({}, ...rows.map(({ values }) => values)),
    rejectedFields: rows.flatMap(({ rejectedFields }) => rejectedFields),
    isSecondTry: rows.some(({ isSecondTry }) => isSecondTry),
  }
}

/** The share of a row's verdict that belongs to one of the rows it was made of. */
export function outcomeOf({ externalId, values }: WriteRow, verdict: Verdict): WriteOutcome {
  return {
    externalId,
    ...verdict,
    values: picked(verdict.values, values),
    rejectedFields: verdict.rejectedFields.filter(({ field }) => field in values),
  }
}

export function isEmpty({ values }: Row): boolean {
  return Object.keys(values).length === 0
}

export function withoutFields(row: Row, problems: readonly Problem[]): Row {
  const refused = new Map(problems.flatMap((each) => (each.field in row.values ? [[each.field, each] as const] : [])))
  const kept = Object.entries(row.values).filter(([field]) => !refused.has(field))
  return { ...row, values: Object.fromEntries(kept), rejectedFields: [...row.rejectedFields, ...refused.values()] }
}

/** `held` is what the CRM answered, or holds, as far as it is known. */
export function written(row: Row, held: Record<string, Wire> = {}): Verdict {
  return { outcome: 'written', values: picked(held, row.values), rejectedFields: row.rejectedFields }
}

/** Nothing is left to be sent: every field was refused, or there was none. */
export function settledEmpty(row: Row): Verdict {
  return row.rejectedFields.length > 0 ? notWritten('rejected', row, 'every field was refused') : written(row)
}

/** Once more without the fields that a refusal names, where it names some; a second time the row is given up. */
export function withoutRefused(row: Row, problems: readonly Problem[]): Row | null {
  const isNamed = problems.some(({ field }) => field in row.values)
  return isNamed && !row.isSecondTry ? { ...withoutFields(row, problems), isSecondTry: true } : null
}

export function notWritten(
  outcome: Exclude<Verdict['outcome'], 'written' | 'later'>,
  row: Row,
  reason: string,
  code?: string,
): Verdict {
  return { outcome, values: {}, rejectedFields: row.rejectedFields, reason, ...(code !== undefined && { code }) }
}

export function later(reason: string, retryAfterMs?: number): Verdict {
  return {
    outcome: 'later',
    values: {},
    rejectedFields: [],
    reason,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

function picked(from: Record<string, Wire>, like: Record<string, Wire>): Record<string, Wire> {
  return Object.fromEntries(Object.keys(like).flatMap((field) => (field in from ? [[field, from[field] ?? null]] : [])))
}

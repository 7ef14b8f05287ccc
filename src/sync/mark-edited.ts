import { sql } from 'kysely'
import type { Wire } from '../crm/index.ts'
import type { Trx } from '../db/index.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { markChanged } from './mark-changed.ts'
import type { CellState } from './timeline/types.ts'

/**
 * Marks records for push whose cells hold something else in the CRM than we last saw there: the push asks who has changed them, and
 * when. What a push of ours is about to write, or may have written, is no edit; that push tells what it has come to itself.
 */
export async function markEdited(
  trx: Trx,
  next: SyncAnnouncements,
  read: {
    connection: string
    records: readonly { recordId: number; values: Record<string, Wire> }[]
    isSame: (field: string, a: Wire, b: Wire) => boolean
  },
): Promise<void> {
  const { connection, records, isSame } = read
  const cellsOf = await seenCells(
    trx,
    records.map((record) => record.recordId),
  )
  const edited = records.flatMap(({ recordId, values }) => {
    const cells = Object.entries(cellsOf.get(recordId) ?? {})
    const fields = cells.flatMap(([field, seen]) =>
      field in values && !isSame(field, values[field] ?? null, seen) ? [field] : [],
    )
    return fields.length > 0 ? [{ recordId, values, fields }] : []
  })
  if (edited.length === 0) return
  const intended = await openIntents(
    trx,
    edited.map((each) => each.recordId),
  )
  const byOthers = edited.filter(({ recordId, values, fields }) => {
    const ours = intended.get(recordId) ?? []
    const isOurs = (field: string) =>
      ours.some((change) => change.field === field && isSame(field, values[field] ?? null, change.after))
    return !fields.every(isOurs)
  })
  await markChanged(trx, next, { connection, recordIds: byOthers.map((each) => each.recordId) })
}

/** What we last saw in each cell of these records; cells that an erasure has forgotten are left out. */
async function seenCells(trx: Trx, recordIds: number[]): Promise<Map<number, Record<string, Wire>>> {
  const { rows } = await sql<{ recordId: number; fields: Record<string, Pick<CellState, 'seen'> | object> }>`
    select record_id as "recordId", fields from record_state where record_id = any(${recordIds}::bigint[])
  `.execute(trx)
  return new Map(
    rows.map(({ recordId, fields }) => {
      const seen = Object.entries(fields).flatMap(([field, cell]) => ('seen' in cell ? [[field, cell.seen]] : []))
      return [recordId, Object.fromEntries(seen)]
    }),
  )
}

/** What is being written to these records, or was without an answer. */
async function openIntents(trx: Trx, recordIds: number[]) {
  const { rows } = await sql<{ recordId: number; changes: { field: string; after: Wire }[] }>`
    select record_id as "recordId", changes from ledger
    where record_id = any(${recordIds}::bigint[]) and outcome is null
  `.execute(trx)
  const byRecord = Map.groupBy(rows, (row) => row.recordId)
  return new Map([...byRecord].map(([recordId, open]) => [recordId, open.flatMap((row) => row.changes)]))
}

import type { Db } from '../../db/index.ts'
import type { Value } from '../../mapping/index.ts'
import type { Trace } from './types.ts'

/** What conversations that are gone have left in the cells of these records, whatever of their runs is undone by now. */
export async function storedTraces(db: Db, recordIds: number[]): Promise<(Trace & { recordId: number })[]> {
  const rows = await db
    .selectFrom('field_events')
    .select(['record_id', 'field', 'at', 'started_at', 'place', 'value', 'rule', 'beside', 'releases'])
    .where('record_id', 'in', recordIds)
    .where('kind', '=', 'settled')
    .execute()
  return rows.map((row) => {
    // Written by `saveLeft` from these types, and by nothing else.
    const releases = row.releases as Trace['releases']
    return {
      recordId: row.record_id,
      field: row.field,
      at: row.at.getTime(),
      startedAt: (row.started_at ?? row.at).getTime(),
      conversationId: row.place ?? '',
      value: row.value as Value,
      rule: row.rule,
      beside: row.beside as Trace['beside'],
      releases,
      wasNamed: releases.length > 0,
    }
  })
}

import { imagineRecord } from '../../contacts/index.ts'
import type { Crm, Reading, Wire } from '../../crm/index.ts'
import type { Trx } from '../../db/index.ts'
import { relinkConversations } from '../relink.ts'
import { noteCreated } from './note-created.ts'

/** A record as it would be right after it was created. */
export type Imagined = { recordId: number; externalId: string; values: Record<string, Wire> }

/** A record that is to be created, by its key, with what it would hold beside it. */
export type Wanted = {
  object: string
  keyField: string
  kind: 'number' | 'email'
  key: string
  values: Record<string, Wire>
}

/** In a rehearsal: as if `runId` had created these records, and their conversations were linked to them. In the order given. */
export async function imagineRecords(
  trx: Trx,
  connection: string,
  wanted: readonly Wanted[],
  runId: number,
): Promise<Imagined[]> {
  const imagined: Imagined[] = []
  for (const { object, keyField, kind, key, values } of wanted) {
    const record = await imagineRecord(trx, { connection, object, kind, key, property: keyField })
    imagined.push({ ...record, values: { ...values, [keyField]: key } })
    await noteCreated(trx, connection, [{ recordId: record.recordId, runId, sent: { key, keyField, values } }])
  }
  const recordIds = imagined.map(({ recordId }) => recordId)
  await relinkConversations(trx, { recordsMarked: () => undefined }, { connection, recordIds })
  return imagined
}

/** The CRM as it would answer about these records, and nothing else. */
export function crmWith(crm: Crm, imagined: readonly Imagined[], now: () => Date): Crm {
  const values = new Map(imagined.map((record) => [record.externalId, record.values]))
  const { readWithHistory: _real, ...rest } = crm
  return {
    ...rest,
    read: async (_object, ids, fields) =>
      new Map(ids.map((id): [string, Reading] => [id, readingOf(id, fields, values.get(id) ?? {}, now())])),
    history: async () => new Map(),
  }
}

function readingOf(id: string, fields: readonly string[], held: Record<string, Wire>, at: Date): Reading {
  const values = Object.fromEntries(fields.map((field) => [field, held[field] ?? null]))
  return { askedId: id, externalId: id, values, changedAt: at, changedByUs: true, parentId: null }
}

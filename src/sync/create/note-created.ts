import { randomUUID } from 'node:crypto'
import { recordRunEntries } from '../../audit/index.ts'
import type { Trx } from '../../db/index.ts'
import { closeIntents, insertIntents, insertPush } from '../push/ledger-store.ts'
import { insertCreated, type Sent } from './store.ts'

/** `isRead`: its answer was lost, and it was found by its key. */
export type Made = { recordId: number; runId: number; sent: Sent; isRead?: boolean; pushId?: string }

/**
 * Notes records that we have created, once each: whose they are, in the ledger what they were created with, and in the audit who decided
 * it. What was written there counts as ours from now on.
 */
export async function noteCreated(trx: Trx, connection: string, made: readonly Made[], pushId?: string): Promise<void> {
  const once = [...new Map(made.map((each) => [each.recordId, each])).values()]
  const noted = await insertCreated(
    trx,
    once.map(({ recordId, runId, sent }) => ({ recordId, runId, keyField: sent.keyField })),
  )
  const fresh = once.filter(({ recordId }) => noted.has(recordId))
  if (fresh.length === 0) return
  const id = pushId ?? randomUUID()
  if (pushId === undefined) await insertPush(trx, { pushId: id, connection, records: fresh.length })
  const intents = fresh.map(({ recordId, runId, sent: { key, keyField, values } }) => ({
    recordId,
    runId,
    changes: Object.entries({ [keyField]: key, ...values }).map(([field, after]) => {
      return { field, before: null, after, decision: 'create', rule: '', event: null }
    }),
  }))
  const ledgerIds = await insertIntents(trx, { pushId: id, connection }, intents)
  await closeIntents(
    trx,
    fresh.flatMap(({ recordId, isRead }) => {
      const ledgerId = ledgerIds.get(recordId)
      const detail = isRead ? { found: 'by reading' } : {}
      return ledgerId === undefined ? [] : [{ id: ledgerId, outcome: 'written' as const, detail }]
    }),
  )
  await recordRunEntries(
    trx,
    fresh.map(({ recordId, runId, sent }) => {
      const after = { connection, key: sent.keyField, fields: Object.keys(sent.values).sort() }
      return { action: 'record.created', subject: { kind: 'record', id: String(recordId) }, runId, after }
    }),
  )
}

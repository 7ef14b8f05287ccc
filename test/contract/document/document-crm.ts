import { setTimeout as sleep } from 'node:timers/promises'
import type { Crm } from '../../../src/crm/index.ts'
import { retryPolicy } from '../../../src/crm/retry.ts'
import * as rows from '../../../src/crm/rows.ts'
import { createValues } from '../../../src/crm/values/dialect.ts'
import { AppError } from '../../../src/errors.ts'
import { type Document, livingId, type RowAnswer } from './document.ts'

/** Where the document lies. An `AppError` was not carried out; whatever else is thrown may have been. */
export type Store = { read(): Promise<Document>; write(rows: rows.Row[]): Promise<RowAnswer[]> }

const dialect = { emailFields: ['email'], unsetBoolean: null, instantStepMs: 1, widensLineEnds: false } as const
const passing = { read: ['crm.unreachable', 'crm.rate_limited'], write: ['crm.rate_limited'] }
const isCode = (error: unknown, codes: string[]) => error instanceof AppError && codes.includes(error.code)

/** The contract on a CRM that is one JSON document. */
export function createDocumentCrm(store: Store, options: { connection: string; deadlineMs: number }): Crm {
  const { encode, decode, same } = createValues(dialect)
  const { connection, deadlineMs } = options
  let timeZone = 'UTC'

  function call<T>(kind: 'read' | 'write', work: () => Promise<T>): Promise<T> {
    return retryPolicy((error, attempt) => (isCode(error, passing[kind]) ? 10 * attempt : null)).execute(async () => {
      const late = sleep(deadlineMs, undefined, { ref: false }).then(() => Promise.reject(new Error('late')))
      return await Promise.race([work(), late]).catch((cause: unknown) => {
        if (cause instanceof AppError) throw cause
        throw new AppError('crm.unreachable', 'retry', `connection ${connection}: no answer`, { cause })
      })
    })
  }
  const load = () => call('read', () => store.read())

  async function send(verdicts: Map<string, rows.Verdict>, batch: rows.Row[], count: () => void, lost = 0) {
    for (const row of batch.filter(rows.isEmpty)) verdicts.set(row.id, rows.settledEmpty(row))
    const sent = batch.filter((row) => !rows.isEmpty(row))
    if (sent.length === 0) return
    const answers = await call('write', () => {
      count()
      return store.write(sent)
    }).catch((error: unknown) => {
      if (!isCode(error, ['crm.unreachable'])) throw error
    })
    if (answers === undefined) return await settleLost(verdicts, sent, count, lost)
    const again = sent.flatMap((row, place) => {
      const answer = answers[place]
      if (answer?.outcome === 'rejected') return rows.withoutRefused(row, [{ ...answer, code: 'INVALID' }]) ?? []
      const isWritten = answer?.outcome === 'written'
      verdicts.set(row.id, isWritten ? rows.written(row, row.values) : rows.notWritten('missing', row, 'nobody'))
      return []
    })
    await send(verdicts, again, count, lost)
  }

  async function settleLost(verdicts: Map<string, rows.Verdict>, sent: rows.Row[], count: () => void, lost: number) {
    const document = await load().catch(() => undefined)
    const isThere = ({ id, values }: rows.Row) =>
      Object.entries(values).every(([name, value]) => document?.people[id]?.values[name] === value)
    const open = sent.filter((row) => {
      if (!document) verdicts.set(row.id, rows.notWritten('unknown', row, 'no answer'))
      else if (isThere(row)) verdicts.set(row.id, rows.written(row, row.values))
      else if (lost === 2) verdicts.set(row.id, rows.later('found unwritten'))
      else return true
      return false
    })
    await send(verdicts, open, count, lost + 1)
  }

  return {
    kind: 'document',
    connection,
    batchSize: 50,
    emailFields: ['email'],
    async account() {
      const document = await load()
      timeZone = document.timeZone
      return { accountId: document.account, timeZone, ownAppId: 'us' }
    },
    describe: async () => (await load()).fields,
    async read(_object, ids, names, counts) {
      if (ids.length === 0) return new Map()
      if (counts) counts.read += 1
      const document = await load()
      return new Map(
        ids.flatMap((askedId) => {
          const externalId = livingId(document, askedId) ?? ''
          const person = document.people[externalId]
          if (!person) return []
          const values = Object.fromEntries(names.map((name) => [name, person.values[name] ?? null]))
          const changedAt = new Date(person.changedAt)
          return [[askedId, { askedId, externalId, values, changedAt, changedByUs: null, parentId: null }]]
        }),
      )
    },
    async history(_object, ids, names, counts) {
      if (ids.length === 0 || names.length === 0) return new Map()
      if (counts) counts.history += 1
      const { people } = await load()
      const told = (id: string) => Object.entries(people[id]?.history ?? {}).filter(([name]) => names.includes(name))
      const dated = (id: string) =>
        told(id).map(([name, list]) => [name, list.map((entry) => ({ ...entry, at: new Date(entry.at) }))])
      return new Map(ids.map((id) => [id, Object.fromEntries(dated(id))]))
    },
    async write(_object, asked, counts) {
      const verdicts = new Map<string, rows.Verdict>()
      const failed = await send(verdicts, rows.coalesce(asked), () => counts && counts.write++).catch((error) => error)
      if (failed && (!(failed instanceof AppError) || (failed.recovery === 'stop' && verdicts.size === 0))) throw failed
      const rest = rows.later(failed?.message ?? 'not sent', failed?.retryAfterMs)
      return asked.map((row) => rows.outcomeOf(row, verdicts.get(row.externalId) ?? rest))
    },
    async scan(_object, names) {
      const people = Object.entries((await load()).people)
      const records = people.filter(([, { mergedInto }]) => mergedInto === undefined)
      return {
        next: null,
        records: records.map(([externalId, { values, changedAt }]) => ({
          externalId,
          values: Object.fromEntries(names.map((name) => [name, values[name] ?? null])),
          changedAt: new Date(changedAt),
          mergedIds: people.flatMap(([id, { mergedInto }]) => (mergedInto === externalId ? [id] : [])),
        })),
      }
    },
    encode: (field, value) => encode(field, value, timeZone),
    decode,
    same,
  }
}

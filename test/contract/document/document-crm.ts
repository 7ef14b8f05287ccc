import { setTimeout as sleep } from 'node:timers/promises'
import type { Crm } from '../../../src/crm/index.ts'
import { retryPolicy } from '../../../src/crm/retry.ts'
import * as rows from '../../../src/crm/rows.ts'
import { createValues } from '../../../src/crm/values/dialect.ts'
import { AppError } from '../../../src/errors.ts'
import { type Document, type Entry, livingId, type Person, type RowAnswer } from './document.ts'

/** Where the document lies. An `AppError` was not carried out; whatever else is thrown may have been. */
export type Store = { read(): Promise<Document>; write(rows: rows.Row[]): Promise<RowAnswer[]> }

const emailFields = ['email']
const dialect = { emailFields, unsetBoolean: null, instantStepMs: 1, widensLineEnds: false }
const passing = { read: ['crm.unreachable', 'crm.rate_limited'], write: ['crm.rate_limited'] }
const picked = (person: Person, names: string[]) =>
  Object.fromEntries(names.map((name) => [name, person.values[name] ?? null]))
const isCode = (error: unknown, codes: string[]) => error instanceof AppError && codes.includes(error.code)

/** The contract on a CRM that is one JSON document. */
export function createDocumentCrm(store: Store, options: { connection: string; deadlineMs: number }): Crm {
  const { encode, decode, same } = createValues(dialect)
  const { connection, deadlineMs } = options
  let timeZone = 'UTC'

  const late = () => sleep(deadlineMs, undefined, { ref: false }).then(() => Promise.reject(new Error('late')))
  const lost = (cause: unknown) => {
    if (cause instanceof AppError) throw cause
    throw new AppError('crm.unreachable', 'retry', `connection ${connection}: no answer`, { cause })
  }
  const call = <T>(kind: 'read' | 'write', work: () => Promise<T>): Promise<T> => {
    const policy = retryPolicy((error, attempt) => (isCode(error, passing[kind]) ? 10 * attempt : null))
    return policy.execute(() => Promise.race([work(), late()]).catch(lost))
  }
  const load = () => call('read', () => store.read())

  async function send(verdicts: Map<string, rows.Verdict>, batch: rows.Row[], count: () => void, tries = 0) {
    for (const row of batch.filter(rows.isEmpty)) verdicts.set(row.id, rows.settledEmpty(row))
    const sent = batch.filter((row) => !rows.isEmpty(row))
    if (sent.length === 0) return
    const answers = await call('write', () => {
      count()
      return store.write(sent)
    }).catch((error: unknown) => {
      if (!isCode(error, ['crm.unreachable'])) throw error
    })
    const document = answers ? null : await load().catch(() => undefined)
    const isThere = ({ id, values }: rows.Row) =>
      Object.entries(values).every(([name, value]) => document?.people[id]?.values[name] === value)
    const again = sent.flatMap((row, place) => {
      const answer = answers?.[place]
      if (answer?.outcome === 'rejected') return rows.withoutRefused(row, [{ ...answer, code: 'INVALID' }]) ?? []
      if (answer?.outcome === 'missing') verdicts.set(row.id, rows.notWritten('missing', row, 'nobody'))
      else if (answer || isThere(row)) verdicts.set(row.id, rows.written(row, row.values))
      else if (document === undefined) verdicts.set(row.id, rows.notWritten('unknown', row, 'no answer'))
      else if (tries < 2) return row
      else verdicts.set(row.id, rows.later('found unwritten'))
      return []
    })
    await send(verdicts, again, count, answers ? tries : tries + 1)
  }

  return {
    kind: 'document',
    connection,
    batchSize: 50,
    emailFields,
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
          const told = { values: picked(person, names), changedAt: new Date(person.changedAt) }
          return [[askedId, { askedId, externalId, ...told, changedByUs: null, parentId: null }]]
        }),
      )
    },
    async history(_object, ids, names, counts) {
      if (ids.length === 0 || names.length === 0) return new Map()
      if (counts) counts.history += 1
      const { people } = await load()
      const told = (id: string) => Object.entries(people[id]?.history ?? {}).filter(([name]) => names.includes(name))
      const dated = (list: Entry[]) => list.map((entry) => ({ ...entry, at: new Date(entry.at) }))
      return new Map(ids.map((id) => [id, Object.fromEntries(told(id).map(([name, list]) => [name, dated(list)]))]))
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
      const living = people.filter(([, { mergedInto }]) => mergedInto === undefined)
      const records = living.map(([externalId, person]) => ({
        ...{ externalId, values: picked(person, names), changedAt: new Date(person.changedAt) },
        mergedIds: people.flatMap(([id, { mergedInto }]) => (mergedInto === externalId ? [id] : [])),
      }))
      return { records, next: null, seenTo: null }
    },
    encode: (field, value) => encode(field, value, timeZone),
    decode,
    same,
  }
}

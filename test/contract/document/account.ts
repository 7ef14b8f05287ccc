import { randomUUID } from 'node:crypto'
import type { CrmField } from '../../../src/crm/index.ts'
import { AppError } from '../../../src/errors.ts'
import { deadlineMs, type Fault, type RemoteAccount } from '../account.ts'
import { change, type Document } from './document.ts'
import { createDocumentCrm, type Store } from './document-crm.ts'

const options: [string, string] = ['pos', 'neg']
const kinds = { text: 'text', number: 'number', boolean: 'boolean', date: 'date', datetime: 'datetime' } as const

function field(name: string, kind: CrmField['kind'], changes: Partial<CrmField> = {}): CrmField {
  const plain = { unique: false, maxLength: null, options: null, scale: null, required: false, hasHistory: true }
  return { name, label: name, kind, writable: true, ...plain, ...changes }
}

export function emptyDocument(): Document {
  const fields = [
    ...Object.entries(kinds).map(([name, kind]) => field(name, kind)),
    field('mood', 'choice', { options }),
    field('topics', 'choices', { options }),
    field('id', 'text', { writable: false }),
  ]
  return { account: 'document-1', timeZone: 'Europe/Berlin', fields, people: {} }
}

/** An account on a store; `alter` is how people and machines change the document behind its back. */
export function documentAccount(
  store: Store & { isRefusing?: boolean },
  alter: <T>(work: (document: Document) => T) => Promise<T>,
  fail: RemoteAccount['fail'],
  refused: Store,
): RemoteAccount {
  const open = (on: Store) => createDocumentCrm(on, { connection: 'document', deadlineMs })
  return {
    crm: open(store),
    object: 'people',
    fields: { ...kinds, choice: 'mood', choices: 'topics', readOnly: 'id' },
    options,
    missingId: 'nobody',
    accountId: 'document-1',
    timeZone: 'Europe/Berlin',
    authors: { created: 'person', person: 'person', workflow: 'automation', app: 'automation', import: 'import' },
    callsFor: { read210: { read: 1 }, write210: { write: 1 }, history60: { history: 1 } },
    create: (records) =>
      alter((document) =>
        records.map((values) => {
          const id = randomUUID()
          document.people[id] = { values: {}, history: {}, changedAt: new Date().toISOString() }
          change(document, id, values, 'person')
          return id
        }),
      ),
    edit: (id, values, as) =>
      alter((document) => {
        const authors = { person: 'person', workflow: 'automation', app: 'automation', import: 'import' } as const
        const emptied = Object.entries(values).map(([name, value]) => [name, value || null])
        change(document, id, Object.fromEntries(emptied), authors[as])
      }),
    merge: (id, other) =>
      alter((document) => {
        const loser = document.people[other]
        if (loser) loser.mergedInto = id
        return id
      }),
    ownWrites: (id, name) =>
      alter(({ people }) => people[id]?.history[name]?.filter(({ author }) => author === 'us').length ?? 0),
    fail,
    withBadToken: () => open(refused),
  }
}

/** A store that goes wrong as it is told; `…_after` does the work first. */
export function failing(store: Store): { store: Store; fail: RemoteAccount['fail'] } {
  const faults: Record<'read' | 'write', Fault[]> = { read: [], write: [] }
  async function befallen<T>(kind: 'read' | 'write', work: () => Promise<T>): Promise<T> {
    const fault = faults[kind].shift()
    if (fault === undefined) return await work()
    if (fault.endsWith('_after')) await work()
    if (fault.startsWith('hang')) return await new Promise(() => undefined)
    if (fault === 'rate_limit') throw new AppError('crm.rate_limited', 'retry', 'too fast')
    if (fault === 'daily_limit') throw new AppError('crm.daily_limit', 'retry', 'enough', { retryAfterMs: 1_000 })
    throw new Error(fault)
  }
  return {
    store: {
      read: () => befallen('read', store.read),
      write: (rows) => befallen('write', () => store.write(rows)),
    },
    fail: async (call, fault, times = 1) => {
      faults[call].push(...Array.from({ length: times }, () => fault))
    },
  }
}

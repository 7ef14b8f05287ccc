import { contactValues, findHolders, goneSince, selectForgotten } from '../../contacts/index.ts'
import type { Crm, CrmField, Wire } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { creationTexts, type Value } from '../../mapping/index.ts'
import { keysOf } from '../link/match-conversation.ts'
import { spokenOf } from '../timeline/spoken-of.ts'
import type { Candidate, NewRecord } from './types.ts'

type Key = { kind: 'number' | 'email'; key: string }

/**
 * Which records are to be created for candidates of one object, each person once; whom nothing is created for is left out: of whom
 * the key is not known, who was erased, whose record was deleted in the CRM since they spoke, whose key some record holds in
 * another field, and whoever says nothing that would be written. Reads only our own database.
 */
export async function chooseNewRecords<Of extends Candidate>(
  deps: { db: Db; crm: Crm; fields: readonly CrmField[]; mayWrite: (mapping: string) => boolean },
  object: string,
  candidates: readonly Of[],
): Promise<NewRecord<Of>[]> {
  const { db, crm } = deps
  const schema = new Map(deps.fields.map((field) => [field.name, field]))
  const wanting = candidates.filter(({ mapping, vals }) => {
    return deps.mayWrite(mapping.name) && schema.get(mapping.create.key)?.isKey && saysSomething(vals, schema)
  })
  const known = new Map(wanting.map((each) => [each, keysKnown(each)]))
  const keys = [...known.values()].flat()
  const isForgotten = await selectForgotten(db, keys)
  const gone = await goneSince(db, { connection: crm.connection, object, keys })
  const held = await holdersOf(db, { connection: crm.connection, object }, keys)
  const fit = wanting.filter((each) => {
    const own = known.get(each) ?? []
    return own.every((key) => {
      const since = gone.get(nameOf(key))
      return !isForgotten(key) && !held.has(nameOf(key)) && !(since && each.conversation.spokenAt <= since)
    })
  })
  const keyed = fit.flatMap((candidate) => {
    const { by } = candidate.mapping.create
    const [first] = (known.get(candidate) ?? []).filter(({ kind }) => kind === by)
    return first ? [{ candidate, name: nameOf(first), ...first }] : []
  })
  const contactIds = keyed.flatMap(({ candidate }) => candidate.conversation.contactId ?? [])
  const contacts = await contactValues(db, [...new Set(contactIds)])
  return [...Map.groupBy(keyed, ({ name }) => name).values()].flatMap((same): NewRecord<Of>[] => {
    const [first] = same
    const own = same.map(({ candidate }) => candidate).sort(inOrder)
    const newest = own.at(-1)
    if (!first || !newest) return []
    const { kind, key } = first
    const contact = contacts.get(newest.conversation.contactId ?? 0) ?? new Map<string, unknown>()
    const values = valuesOf(crm, schema, newest, withKey(contact, first))
    return [{ object, keyField: newest.mapping.create.key, kind, key, values, candidates: own }]
  })
}

/** By what the steps of its mapping would find the person of a conversation. */
export function keysKnown({ conversation, mapping }: Pick<Candidate, 'conversation' | 'mapping'>): Key[] {
  return mapping.match.flatMap((step) => {
    const { by: kind } = step
    if (kind !== 'number' && kind !== 'email') return []
    return keysOf(conversation, step, mapping).map((key) => ({ kind, key }))
  })
}

function saysSomething(vals: Candidate['vals'], schema: ReadonlyMap<string, CrmField>): boolean {
  return Object.entries(vals).some(([field, { says }]) => says === 'value' && schema.get(field)?.writable === true)
}

async function holdersOf(db: Db, of: { connection: string; object: string }, keys: readonly Key[]) {
  const held = new Set<string>()
  for (const kind of ['number', 'email'] as const) {
    const own = [...new Set(keys.flatMap((each) => (each.kind === kind ? [each.key] : [])))]
    const holders = await findHolders(db, { ...of, kind, keys: own })
    for (const [key, those] of holders)
      if (those.some(({ heldTo }) => heldTo === Number.POSITIVE_INFINITY)) held.add(nameOf({ kind, key }))
  }
  return held
}

/** What its texts come to in the fields of the CRM; what a field does not take, or comes out blank, is left out. */
function valuesOf(
  crm: Crm,
  schema: ReadonlyMap<string, CrmField>,
  { conversation, mapping, fields }: Candidate,
  contact: ReadonlyMap<string, unknown>,
): Record<string, Wire> {
  const spoken = spokenOf(conversation, fields)
  // Our contacts hold what rules and people give them: text, numbers, true or false, lists.
  const known = { spoken, fields, contact: contact as ReadonlyMap<string, Value> }
  return Object.fromEntries(
    Object.entries(creationTexts(mapping.create, known)).flatMap(([name, text]): [string, Wire][] => {
      const field = schema.get(name)
      const encoded = field?.writable ? crm.encode(field, text) : { refused: 'no such field' }
      return 'wire' in encoded && encoded.wire !== null ? [[name, encoded.wire]] : []
    }),
  )
}

/** A person whom we know by nothing else has at least the key. */
function withKey(contact: ReadonlyMap<string, unknown>, { kind, key }: Key): ReadonlyMap<string, unknown> {
  return new Map([...contact, [kind, contact.get(kind) ?? key]])
}

function inOrder(a: Candidate, b: Candidate): number {
  return (
    a.conversation.spokenAt.getTime() - b.conversation.spokenAt.getTime() ||
    (a.conversation.id < b.conversation.id ? -1 : 1)
  )
}

function nameOf({ kind, key }: Key): string {
  return `${kind} ${key}`
}

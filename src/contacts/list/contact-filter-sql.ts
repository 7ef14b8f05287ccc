import { type RawBuilder, type SqlBool, sql } from 'kysely'
import {
  booleanOperand,
  type ContactCondition,
  jsonOperand,
  passes,
  passesTime,
  storable,
  type Test,
  textOperand,
} from '../../filters/index.ts'

/** A record of a CRM, as `record`, that is there now. */
const isThere = sql<SqlBool>`record.connection <> 'local' and record.merged_into is null and record.gone_at is null`
const heldNow = sql<SqlBool>`held.kind = 'number' and held.held_to = 'infinity'`

/** The record that a contact is told to be: of those of CRMs that stand for it now, the one we have known longest. */
export const externalId = sql<string | null>`(
  select record.external_id from crm_records as record
  where record.id in (
      select id from crm_records where contact_id = contacts.id
      union all
      select record_id from crm_record_keys as held where held.key = contacts.number and ${heldNow}
    )
    and ${isThere}
  order by record.id limit 1
)`

/** The contacts of records of CRMs that pass, by their link or by their number; one of several records is several rows. */
export function contactsOfRecords(passes: RawBuilder<SqlBool>): RawBuilder<unknown> {
  return sql`
    select record.contact_id from crm_records as record where record.contact_id is not null and ${isThere} and ${passes}
    union all
    select holder.id from crm_records as record
    join crm_record_keys as held on held.record_id = record.id and ${heldNow}
    join contacts as holder on holder.number = held.key
    where ${isThere} and ${passes}`
}

/** Conditions of a filter as one for a query from `contacts` and `contact_counts`, by the same words as `matches`. Pure. */
export function contactFilterSql(conditions: readonly ContactCondition[]): RawBuilder<SqlBool> {
  if (conditions.length === 0) return sql<SqlBool>`true`
  return sql<SqlBool>`(${sql.join(conditions.map(conditionSql), sql` and `)})`
}

function conditionSql(condition: ContactCondition): RawBuilder<SqlBool> {
  const { test } = condition
  switch (condition.field) {
    case 'contact_id':
      return contactId(test)
    case 'phone_number':
      return passes(test, textOperand(sql`contacts.number`))
    case 'external_id':
      return passesExternal(test)
    case 'do_not_call':
      return doNotCall(test)
    case 'last_conversation_timestamp':
      return lastConversation(test)
    case 'contact_tag_ids':
      return tagged(test, (ids) => sql`${ids}::text[]`)
    case 'tags':
      return tagged(test, (labels) => sql`array(select id from contact_tags where label = any(${labels}::text[]))`)
    case 'custom_fields':
      return custom(condition.key, test)
  }
}

/** By the flag itself, so that its index serves, and PostgreSQL knows how many there are. */
function doNotCall(test: Test): RawBuilder<SqlBool> {
  if (test.type !== 'boolean') return passes(test, booleanOperand(sql`contacts.do_not_call`))
  return test.value ? sql`contacts.do_not_call` : sql`not contacts.do_not_call`
}

/** By the id itself where the test names it whole, so that its index serves. */
function contactId(test: Test): RawBuilder<SqlBool> {
  const wanted = test.type === 'enum' ? test.value : test.type === 'string' && test.op === 'eq' ? [test.value] : null
  if (wanted === null) return passes(test, textOperand(sql`('contact_' || contacts.id)`))
  const ids = wanted.flatMap((id) => /^contact_([1-9]\d{0,14})$/.exec(id)?.[1] ?? [])
  return sql`contacts.id = any(${ids}::bigint[])`
}

/** Of one id the records are found first: few, by their index. Whether there is any is asked of all at once. */
function passesExternal(test: Test): RawBuilder<SqlBool> {
  if (test.type === 'present') {
    const linked = sql<SqlBool>`(
      exists (select from crm_records as record where record.contact_id = contacts.id and ${isThere})
      or exists (
        select from crm_record_keys as held join crm_records as record on record.id = held.record_id
        where held.key = contacts.number and ${heldNow} and ${isThere}
      )
    )`
    return test.op === 'pr' ? linked : sql`not ${linked}`
  }
  const passed = passes(test, textOperand(externalId))
  if (test.type !== 'string' || test.op !== 'eq') return passed
  return sql`(contacts.id in (${contactsOfRecords(sql`record.external_id = ${storable(test.value)}`)}) and ${passed})`
}

/** Who was never spoken to has no such time, though it sorts as 1970. */
function lastConversation(test: Test): RawBuilder<SqlBool> {
  const passed = passesTime(test, sql`contact_counts.last_at`)
  const never = sql<SqlBool>`contact_counts.conversations = 0`
  if (test.type === 'present') return test.op === 'np' ? never : sql<SqlBool>`not ${never}`
  return test.type === 'number' && test.op === 'ne' ? sql`(${never} or ${passed})` : sql`(not ${never} and ${passed})`
}

function tagged(test: Test, idsOf: (wanted: string[]) => RawBuilder<unknown>): RawBuilder<SqlBool> {
  if (test.type === 'enum') return sql`contacts.tag_ids && ${idsOf(test.value.map(storable))}`
  const isAny: RawBuilder<SqlBool> = sql<SqlBool>`cardinality(contacts.tag_ids) > 0`
  return test.type === 'present' && test.op === 'np' ? sql<SqlBool>`not (${isAny})` : isAny
}

/** Where a text is to be just so, the index over all fields finds it first; numbers and flags may be held as their text. */
function custom(key: string, test: Test): RawBuilder<SqlBool> {
  const name = storable(key)
  const passed = passes(test, jsonOperand(sql`(contacts.fields -> ${name}::text)`))
  const isPlain = test.type === 'string' && test.op === 'eq' && !/^(-?[\d.]+(e[+-]?\d+)?|true|false)$/i.test(test.value)
  if (!isPlain) return passed
  return sql`(contacts.fields @> jsonb_build_object(${name}::text, ${storable(test.value)}::text) and ${passed})`
}

import fs from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { expect, test } from 'vitest'
import { startRun } from '../../src/audit/index.ts'
import {
  acceptRetell,
  filterSql,
  listConversations,
  loadConversations,
  storeConversations,
  subjectOf,
} from '../../src/conversations/index.ts'
import { json, migrateToLatest, transact } from '../../src/db/index.ts'
import { type Filter, matches, type Test } from '../../src/filters/index.ts'
import type { FieldValue } from '../../src/mapping/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { call, chat, fields, filter, keyedFields, numbers, scalarFields, words } from './random-conversations.ts'

const { db } = await createTestDatabase()

/** How the newest analysis of every third conversation has ended; of the others the current one is the newest. */
const outcomes = new Map<string, string>()

function found(values: Record<string, FieldValue>, name: string) {
  return values[name]?.status === 'found' ? values[name].value : null
}

/** Stores random conversations, most of them with a current analysis, and gives back what each has extracted. */
async function storeRandom() {
  const random = fc.sample(fc.tuple(fc.oneof(call, chat), fc.option(fields)), 150).map(([object, values], index) => {
    const id = 'call_status' in object ? { call_id: `call_${index}` } : { chat_id: `chat_${index}` }
    const result = acceptRetell({ ...object, ...id }, { now: new Date(), defaultCountry: 'US' })
    if ('problems' in result) throw new Error(result.problems.join('; '))
    return { accepted: result, values }
  })
  const runId = await transact(db, (trx) =>
    startRun(trx, { kind: 'intake', actor: { kind: 'cli', name: 'test' }, reason: 'random' }),
  )
  const next = { conversationsStored: async () => {} }
  const how = { openRun: async () => runId, analyse: false }
  await storeConversations(
    { db, next },
    random.map((each) => each.accepted),
    how,
  )
  await db
    .insertInto('analysis_configs')
    .values({ hash: 'h', config: json({}) })
    .execute()
  const undoneRun = await transact(db, async (trx) => {
    const run = { actor: { kind: 'cli', name: 'test' }, reason: 'random' } as const
    const id = await startRun(trx, { kind: 'backfill', ...run })
    const undone_by = await startRun(trx, { kind: 'undo', ...run, undoes: id })
    await trx.updateTable('runs').set({ undone_by }).where('id', '=', id).execute()
    return id
  })
  const analyses = random.flatMap(({ accepted: { conversation }, values }, index) => {
    if (values === null) return []
    const successful = found(values, `${conversation.kind}_successful`)
    const sentiment = found(values, 'user_sentiment')
    const analysis = {
      conversation_id: conversation.id,
      run_id: runId,
      request_hash: 'r',
      config_hash: 'h',
      engine: 'e',
      model: 'm',
      outcome: 'ok' as const,
      kept_at: new Date(),
      started_at: conversation.startedAt,
    }
    const verdict = {
      successful: typeof successful === 'boolean' ? successful : null,
      sentiment: typeof sentiment === 'string' ? sentiment : null,
    }
    // An older analysis says otherwise and is not looked at.
    const older = {
      ...analysis,
      number: 1,
      current: false,
      fields: json({ a: { value: 'ab' } }),
      successful: true,
      sentiment: 'a',
    }
    // Newer ones are not current: one that has failed, and two that do not count, for nobody has kept it, or its run is undone.
    const newest = { ...analysis, current: false, fields: json({}), successful: null, sentiment: null }
    const preview = { ...newest, number: 4, kept_at: null }
    const undone = { ...newest, number: 5, run_id: undoneRun, outcome: 'invalid' as const }
    const failed = index % 3 === 0 ? [{ ...newest, number: 3, outcome: 'refused' as const }, preview, undone] : []
    outcomes.set(conversation.id, failed.length > 0 ? 'refused' : 'ok')
    return [older, { ...analysis, ...verdict, number: 2, current: true, fields: json(values) }, ...failed]
  })
  await db.insertInto('analyses').values(analyses).execute()
  return new Map(random.map(({ accepted, values }) => [accepted.conversation.id, values ?? {}]))
}

const valuesOf = await storeRandom()
const conversations = await loadConversations(db, [...valuesOf.keys()])
const subjects = conversations.map((each) => ({
  id: each.id,
  subject: subjectOf(each, valuesOf.get(each.id), outcomes.get(each.id) ?? null),
}))

test('a filter passes the same conversations in SQL as in memory', { timeout: 60_000 }, async () => {
  let hits = 0
  await fc.assert(
    fc.asyncProperty(filter, async (wanted) => {
      const rows = await db.selectFrom('conversations').select('id').where(filterSql(wanted)).execute()
      const inMemory = subjects.filter(({ subject }) => matches(wanted, subject)).map(({ id }) => id)
      if (inMemory.length > 0 && inMemory.length < subjects.length) hits += 1
      expect(rows.map((row) => row.id).toSorted()).toEqual(inMemory.toSorted())
      // A list goes another way where only what was found can pass.
      const listed = await listConversations(db, wanted, { limit: 1000, includeTotal: true })
      expect(listed.items.map((each) => each.id).toSorted()).toEqual(inMemory.toSorted())
      expect(listed.total).toBe(inMemory.length)
    }),
    { numRuns: 600 },
  )
  expect(hits).toBeGreaterThan(100)
})

test('every test of every field means the same in SQL as in memory, at every value', async () => {
  const texts = ['eq', 'ne', 'sw', 'ew', 'co'] as const
  const orders = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
  const tests: Test[] = [
    ...texts.flatMap((op) => words.map((value): Test => ({ type: 'string', op, value }))),
    ...orders.flatMap((op) => [...numbers, 0.5, -1].map((value): Test => ({ type: 'number', op, value }))),
    ...numbers.map((value): Test => ({ type: 'range', op: 'bt', value: [0.5, value] })),
    ...[true, false].map((value): Test => ({ type: 'boolean', op: 'eq', value })),
    ...words.map((value): Test => ({ type: 'enum', op: 'in', value: ['ab', value] })),
    { type: 'present', op: 'pr' },
    { type: 'present', op: 'np' },
  ]
  const fieldsWithKeys = [
    ...scalarFields.map((field) => ({ field })),
    ...keyedFields.flatMap((field) => ['a', '0'].map((key) => ({ field, key }))),
  ]
  for (const field of fieldsWithKeys) {
    const filters = tests.map((each): Filter => ({ kind: 'any', conditions: [{ ...field, test: each }] }))
    const passed = sql<(boolean | null)[]>`array[${sql.join(filters.map(filterSql))}]`
    const rows = await db
      .selectFrom('conversations')
      .select(['id', passed.as('passed')])
      .execute()
    const inSql = new Map(rows.map((row) => [row.id, row.passed.map((each) => each === true)]))
    for (const { id, subject } of subjects) {
      const differing = filters.filter((each, index) => matches(each, subject) !== inSql.get(id)?.[index])
      expect(differing, `on ${JSON.stringify(subject)}`).toEqual([])
    }
  }
})

test('what was stored before tool calls were gets them from its transcript, the same', async () => {
  const toolCalls = () => db.selectFrom('conversations').select(['id', 'tool_calls']).orderBy('id').execute()
  const stored = await toolCalls()
  const known = stored.flatMap(({ tool_calls }) => tool_calls.flatMap((each) => Object.keys(each)))
  expect(new Set(known)).toEqual(new Set(['name', 'type', 'success', 'latency_ms']))
  const migrationFolder = path.join(import.meta.dirname, '../../migrations')
  const migrator = new Migrator({ db, provider: new FileMigrationProvider({ fs, path, migrationFolder }) })
  const { error } = await migrator.migrateTo('0004_changes_in_crms')
  expect(error).toBeUndefined()
  await migrateToLatest(db)
  expect(await toolCalls()).toEqual(stored)
})

test('text with more digits than any number has fails no query', async () => {
  const long = '9'.repeat(1000)
  const wanted: Filter = {
    kind: 'any',
    conditions: [{ field: 'metadata', key: 'long', test: { type: 'number', op: 'gt', value: 0 } }],
  }
  const object = { call_id: 'call_long', agent_id: 'agent_a', call_status: 'ended', metadata: { long } }
  const accepted = acceptRetell(object, { now: new Date(), defaultCountry: 'US' })
  if ('problems' in accepted) throw new Error(accepted.problems.join())
  const next = { conversationsStored: async () => {} }
  await storeConversations({ db, next }, [accepted], { openRun: async () => 1, analyse: false })
  await expect(db.selectFrom('conversations').select('id').where(filterSql(wanted)).execute()).resolves.toEqual([])
})

import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import {
  acceptRetell,
  type ConversationsAnnouncements,
  getRetellObject,
  importConversations,
  loadConversation,
  loadConversations,
} from '../../src/conversations/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { sharedData } from '../support/shared-data.ts'
import { sampleCall, sampleChat } from './samples.ts'

const { db } = await createTestDatabase()
const actor = { kind: 'cli', name: 'test' } as const
const announced: object[] = []
const next: Pick<ConversationsAnnouncements, 'conversationsStored'> = {
  conversationsStored: async (_trx, stored) => {
    announced.push(stored)
  },
}
const deps = { db, now: () => new Date(), defaultCountry: 'US', next }

function importLines(lines: AsyncIterable<string> | string[]) {
  return importConversations(deps, { lines, actor, reason: 'a test', analyse: true })
}

function countRuns() {
  return db
    .selectFrom('runs')
    .select((eb) => eb.fn.countAll<number>().as('runs'))
    .executeTakeFirstOrThrow()
}

test('calls and chats come in with their agents and contacts, under one run that is announced', async () => {
  announced.length = 0
  const report = await importLines([JSON.stringify(sampleCall()), '', JSON.stringify(sampleChat())])
  expect(report).toMatchObject({ lines: 2, stored: 2, changed: 0, unchanged: 0, problemCount: 0 })
  expect(announced).toEqual([
    {
      conversationIds: ['call_1', 'chat_1'],
      added: ['call_1', 'chat_1'],
      runId: report.runId,
      analyse: true,
      useVendors: false,
    },
  ])
  const call = await loadConversation(db, 'call_1')
  const contact = await db
    .selectFrom('contacts')
    .selectAll()
    .where('number', '=', '+12125550156')
    .executeTakeFirstOrThrow()
  expect(call.contactId).toBe(contact.id)
  expect(await db.selectFrom('runs').select(['kind', 'actor', 'reason']).execute()).toEqual([
    { kind: 'intake', actor: 'cli:test', reason: 'a test' },
  ])
})

test('one that was under way is as good as new when it is over; live, an older word takes nothing back', async () => {
  announced.length = 0
  const lines = (...changes: object[]) =>
    changes.map((change) => JSON.stringify(sampleCall({ call_id: 'under_way', ...change })))
  const take = (...changes: object[]) =>
    importConversations(deps, { lines: lines(...changes), actor, reason: 'a test', analyse: false, live: true })
  const ongoing = { call_status: 'ongoing', call_analysis: undefined }
  await take(ongoing)
  await take({ call_analysis: undefined })
  await take({})
  expect(announced).toMatchObject([
    { added: ['under_way'], live: true },
    { added: ['under_way'], live: true },
    { added: [], conversationIds: ['under_way'], live: true },
  ])
  expect(await take(ongoing, { call_analysis: undefined })).toMatchObject({ unchanged: 2, runId: null })
  expect((await getRetellObject(db, 'under_way')).call_status).toBe('ended')
})

test('the same lines again change nothing and start no run', async () => {
  const before = await countRuns()
  const report = await importLines([sampleCall(), sampleChat()].map((each) => JSON.stringify(each)))
  expect(report).toMatchObject({ runId: null, stored: 0, changed: 0, unchanged: 2 })
  expect(await countRuns()).toEqual(before)
})

test('exactly what came in comes out', async () => {
  expect(await getRetellObject(db, 'call_1')).toEqual(sampleCall())
  expect(await getRetellObject(db, 'chat_1')).toEqual(sampleChat())
  const bare = { call_id: 'call_bare', agent_id: 'agent_1', call_status: 'not_connected', metadata: {}, transcript: '' }
  await importLines([JSON.stringify(bare)])
  expect(await getRetellObject(db, 'call_bare')).toEqual(bare)
})

test('what comes out can come in again: it is the same conversation', async () => {
  const text = JSON.stringify(
    sampleCall({ call_id: 'call_text', transcript_object: null, transcript_with_tool_calls: null }),
  )
  await importLines([text])
  const exported = JSON.stringify(await getRetellObject(db, 'call_text'))
  expect(await importLines([exported, text])).toMatchObject({ changed: 0, unchanged: 2 })
})

test('a changed conversation is changed, its transcript too, and keeps the time at which it took place', async () => {
  const spoken = (content: string, end: number) => ({ role: 'user', content, words: [{ word: 'x', start: 0, end }] })
  const call = (content: string, end: number, call_status: string) =>
    JSON.stringify({
      ...sampleCall({ call_id: 'call_moving', call_status }),
      transcript_with_tool_calls: [spoken(content, end)],
    })
  await importLines([call('begins', 1, 'ongoing')])
  await importLines([call('is over', 20, 'ended')])
  expect(await loadConversation(db, 'call_moving')).toMatchObject({ spokenAt: new Date(1_700_000_020_000) })
  expect(await importLines([call('corrected', 40, 'ended')])).toMatchObject({ stored: 0, changed: 1 })
  const changed = await loadConversation(db, 'call_moving')
  expect(changed).toMatchObject({ spokenAt: new Date(1_700_000_020_000), turns: [{ content: 'corrected' }] })
})

test('a malformed line is reported by number and reason, stops no other, and its words stay out of the report', async () => {
  const good = JSON.stringify(sampleCall({ call_id: 'call_good' }))
  const bad = ['{"call_id": "secret', 'secret', JSON.stringify(sampleCall({ agent_id: 7 })), '[]']
  const report = await importLines([`\uFEFF${good}`, ...bad, good.replace('call_good', 'call_better')])
  expect(report).toMatchObject({ lines: 6, stored: 2, problemCount: 4 })
  expect(report.problems.map((problem) => problem.line)).toEqual([2, 3, 4, 5])
  expect(report.problems[0]?.message).toMatch(/^is not JSON/)
  expect(report.problems[2]?.message).toMatch(/^agent_id: /)
  expect(JSON.stringify(report)).not.toContain('secret')
})

test('of a thousand bad lines each is counted and the first hundred are explained', async () => {
  const report = await importLines(Array(1000).fill('{}'))
  expect(report).toMatchObject({ lines: 1000, problemCount: 1000, runId: null })
  expect(report.problems).toHaveLength(100)
})

test('the last of several lines about one conversation stands', async () => {
  const line = (score: number) => JSON.stringify(sampleCall({ call_id: 'call_twice', metadata: { score } }))
  expect(await importLines([line(1), line(2), line(2)])).toMatchObject({ stored: 1, changed: 1, unchanged: 1 })
  expect((await loadConversation(db, 'call_twice')).metadata).toEqual({ score: 2 })
})

test('what the database cannot hold, NUL and half a surrogate pair, does not stop an import', async () => {
  const odd = sampleCall({ call_id: 'call_odd', metadata: { 'a\0b': '\0', half: '\ud83d' }, recording_url: '\udc00' })
  expect(await importLines([JSON.stringify(odd)])).toMatchObject({ stored: 1 })
  expect(await importLines([JSON.stringify(odd)])).toMatchObject({ unchanged: 1 })
})

test('two imports of the same lines at the same time store each conversation once', async () => {
  const lines = Array.from({ length: 150 }, (_, index) => JSON.stringify(sampleCall({ call_id: `call_race_${index}` })))
  const reports = await Promise.all([importLines(lines), importLines(lines.toReversed())])
  expect(reports.reduce((sum, report) => sum + report.stored, 0)).toBe(150)
  expect(reports.reduce((sum, report) => sum + report.changed, 0)).toBe(0)
})

test('conversations are loaded in the order asked for; an unknown one is left out, or is a 404', async () => {
  const loaded = await loadConversations(db, ['chat_1', 'nobody', 'call_1'])
  expect(loaded.map((conversation) => conversation.id)).toEqual(['chat_1', 'call_1'])
  await expect(loadConversation(db, 'nobody')).rejects.toMatchObject({ status: 404 })
})

const files = [sharedData('star-calls.jsonl'), sharedData('star-chats.jsonl')]
describe.skipIf(files.some((file) => file.absent))('the 247 shared conversations', () => {
  async function* lines() {
    for (const file of files) yield* createInterface({ input: createReadStream(file.path) })
  }

  test('all come in, twice, and come out as they came in', async () => {
    expect(await importLines(lines())).toMatchObject({ lines: 247, stored: 247, problemCount: 0 })
    expect(await importLines(lines())).toMatchObject({ runId: null, unchanged: 247 })
    const texts = await Promise.all(files.map((file) => readFile(file.path, 'utf8')))
    for (const line of texts.join('').split('\n')) {
      if (line === '') continue
      const sent: Record<string, unknown> = JSON.parse(line)
      expect(await getRetellObject(db, String(sent.call_id ?? sent.chat_id))).toEqual(sent)
    }
  })

  test('no transcript is stored a second time as raw', async () => {
    const texts = await Promise.all(files.map((file) => readFile(file.path, 'utf8')))
    const sent: Record<string, unknown>[] = texts.flatMap((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    )
    for (const object of sent) {
      const result = acceptRetell(object, { now: new Date(), defaultCountry: 'US' })
      const raw = 'conversation' in result ? result.conversation.raw : {}
      expect(Object.keys(raw).filter((field) => /transcript|message/.test(field) && object.transcript !== '')).toEqual(
        [],
      )
    }
  })
})

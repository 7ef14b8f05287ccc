import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { limitsOf, perDay } from '../support/spender.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
world.model.pace.backoffMs = 1
const { db } = world
const folder = await mkdtemp(path.join(tmpdir(), 'afterword-cli-'))
afterAll(() => rm(folder, { recursive: true }))
const { run, counts } = openCli(world)

async function file(name: string, text: string): Promise<string> {
  const place = path.join(folder, name)
  await writeFile(place, text)
  return place
}

const turns = [
  { role: 'agent', content: 'What is your budget?' },
  { role: 'user', content: 'It is 1500 dollars.' },
]
const spoken = {
  agent_id: 'agent_1',
  call_status: 'ended',
  transcript_object: turns,
  start_timestamp: 1_760_000_000_000,
}
const calls = [
  '{"call_id":7}',
  JSON.stringify({ call_id: 'call_1', ...spoken }),
  JSON.stringify({ call_id: 'call_2', ...spoken }),
]

test('--help opens nothing and names every command', async () => {
  const { code, out } = await run('--help')
  expect(code).toBe(0)
  for (const command of [
    'serve',
    'import',
    'rerun',
    'trigger',
    'backfill',
    'why',
    'contact',
    'mapping',
    'crm',
    'push',
    'spending',
    'key',
    'doctor',
  ]) {
    expect(out).toContain(`  ${command} `)
  }
  expect(counts.opened).toBe(0)
})

test.each([
  [['backfil'], 'Did you mean backfill'],
  [['rerun', 'call_1', '--jsn'], '--json'],
  [['rerun'], 'missing required argument'],
  [['backfill', 'status', 'seven'], 'a number, as plans and reports tell it'],
  [['backfill', 'plan', '--kind', 'letter', '--reason', 'x'], 'call, chat'],
  [['serve', '--role', 'cook'], 'web, worker'],
])('%j exits 1 with a hint', async (args, hint) => {
  const { code, err } = await run(...args)
  expect(code).toBe(1)
  expect(err).toContain(hint)
  expect(counts.opened).toBe(0)
})

test('import reports what it took in, and a bad line with its number; it exits 1 where there was one', async () => {
  const agents = await file('agents.json', '{"agents":[{"agent_id":"agent_1","version":0}]}')
  const source = await file('calls.jsonl', calls.join('\n'))
  const first = await run('import', source, '--agents', agents)
  expect(first.code).toBe(1)
  expect(first.out).toContain('1 agents, 1 of them new or changed')
  expect(first.out).toContain('3 conversations: 2 new, 0 changed, 0 unchanged, 1 unreadable')
  expect(first.err).toContain(`${source}:1  `)
  const good = await file('good.jsonl', calls.slice(1).join('\n'))
  expect(await run('import', good)).toMatchObject({ code: 0, err: '', out: expect.stringContaining('2 unchanged') })
})

test('a file that is not there is told in a sentence', async () => {
  const { code, err } = await run('import', path.join(folder, 'nowhere.jsonl'))
  expect(code).toBe(1)
  expect(err).toMatch(/^error: .*nowhere\.jsonl cannot be read: ENOENT$/)
})

test('rerun prints every field with its status, or JSON', async () => {
  const table = await run('rerun', 'call_1')
  expect(table.code).toBe(0)
  expect(table.out).toMatch(/call_summary +found +"/)
  const { out } = await run('rerun', 'call_1', '--json')
  expect(JSON.parse(out)).toMatchObject({ outcome: 'ok', cached: true })
  expect(await run('rerun', 'nobody')).toMatchObject({ code: 1, err: 'error: there is no conversation nobody' })
})

test('a backfill is planned, started, paused, shown and undone', async () => {
  const plan = await run('backfill', 'plan', '--agent', 'agent_1', '--since', '2025-01-01', '--reason', 'new prompts')
  expect(plan.code).toBe(0)
  expect(plan.out).toContain('2 conversations of 2 contacts')
  const [, id = ''] = /backfill start (\d+)/.exec(plan.out) ?? []
  const started = await run('backfill', 'start', id)
  expect(started).toMatchObject({ code: 0, out: `backfill ${id}: running` })
  expect(started.err).toContain('No worker runs')
  expect((await run('backfill', 'start', id)).code).toBe(1)
  expect((await run('backfill', 'speed', id, '--concurrency', '8')).out).toBe(
    `backfill ${id}: running, 8 conversations at a time`,
  )
  expect((await run('backfill', 'speed', id, '--concurrency', 'fast')).err).toContain('a number')
  expect((await run('backfill', 'speed', id, '--concurrency', '900')).err).toContain('from 1 to 256')
  expect((await run('backfill', 'pause', id)).out).toBe(`backfill ${id}: paused`)
  expect((await run('backfill', 'status', id)).out).toContain('is paused: 0 of 2 conversations')
  const watched = await run('backfill', 'watch', id)
  expect(watched).toMatchObject({ code: 0, err: '' })
  expect(watched.out).toMatch(/^paused: 0\/2 conversations · 0 records written · \$0\.00\nBackfill \d+ is paused/)
  expect((await run('backfill', 'cancel', id)).out).toBe(`backfill ${id}: cancelled`)
  expect(JSON.parse((await run('backfill', 'report', id, '--json')).out)).toMatchObject({ cells: [] })
  const entries = await db.selectFrom('audit_entries').select('actor').where('action', '=', 'backfill.paused').execute()
  expect(entries).toEqual([{ actor: 'cli:tester' }])
})

test('a plan wants a reason, and a filter that can be', async () => {
  expect((await run('backfill', 'plan')).err).toContain('--reason')
  const wrong = await run(
    'backfill',
    'plan',
    '--reason',
    'x',
    '--since',
    'yesterday',
    '--filter',
    '{"directoin":"inbound"}',
  )
  expect(wrong.code).toBe(1)
  expect(wrong.err).toContain('start_timestamp')
  expect(wrong.err).toContain('directoin')
  expect((await run('backfill', 'plan', '--reason', 'x', '--filter', '{oops')).err).toContain('JSON object')
})

test('mapping check reports every mistake with line and column, opens nothing, and exits 1', async () => {
  const opened = counts.opened
  const broken = await file('broken.yaml', 'version: 1\ncrm: hubspt\nconection: main\n')
  const { code, out } = await run('mapping', 'check', broken)
  expect(code).toBe(1)
  expect(out).toContain(`${broken}:2:6  `)
  expect(out).toContain(`${broken}:3:1  `)
  const { out: json } = await run('mapping', 'check', broken, '--json')
  expect(JSON.parse(json)).toContainEqual(expect.objectContaining({ line: 2, column: 6 }))
  expect(counts.opened).toBe(opened)
})

test('a key is made, listed without its secret, and revoked', async () => {
  const { out: key } = await run('key', 'create', 'ops')
  expect(key).toMatch(/^aw_\d+_[\w-]{43}$/)
  const { out: list } = await run('key', 'list')
  expect(list).toMatch(/ops +\S+ +never +in force/)
  expect(list).not.toContain(key)
  expect(await run('key', 'revoke', 'ops')).toMatchObject({ code: 0, out: 'ops: revoked' })
  expect((await run('key', 'revoke', 'ops')).code).toBe(1)
})

test('a key is limited when it is made and later, and its limits are listed', async () => {
  expect((await run('key', 'create', 'partner', '--usd-per-day', '2.5')).code).toBe(0)
  expect((await run('key', 'list')).out).toMatch(/partner .*in force +\$2\.50 +no limit/)
  const changed = await run('key', 'limit', 'partner', '--usd-per-day', 'none', '--usd-per-month', '40')
  expect(changed.out).toBe('partner: no limit a day, $40.00 a month')
  expect((await run('key', 'limit', 'partner', '--usd-per-day', '1')).out).toBe('partner: $1.00 a day, $40.00 a month')
  expect((await run('key', 'limit', 'nobody', '--usd-per-day', '1')).err).toBe('error: there is no key nobody')
  expect((await run('key', 'limit', 'partner', '--usd-per-day', 'much')).err).toContain('12.50, or none')
})

test('spending shows limits, what is left and what is parked', async () => {
  world.model.limits = limitsOf({ installation: perDay(0) })
  const { out: json } = await run('spending', '--json')
  expect(JSON.parse(json)).toMatchObject({ parkedAnalyses: [], scopes: expect.any(Array) })
  const { out } = await run('spending')
  expect(out).toMatch(/installation +day +\$0\.00 +\$0\.\d+ +\$0\.00 +\$0\.00 +\d{4}-\d\d-\d\dT00:00:00\.000Z/)
  expect(out).toMatch(/key:partner +month +\$40\.00 +\$0\.00 +\$0\.00 +\$40\.00/)
})

test('why tells an unknown contact in a sentence', async () => {
  const { code, err } = await run('why', 'contact_99', 'budget')
  expect(code).toBe(1)
  expect(err).toMatch(/^error: /)
})

test('doctor exits 1 where something is wrong', async () => {
  const checks = [
    { name: 'database', isRight: true, detail: 'PostgreSQL 18.4' },
    { name: 'migrations', isRight: false, detail: '1 pending: afterword migrate' },
  ]
  const sick = openCli(world, { doctor: async () => checks })
  const { code, out } = await sick.run('doctor')
  expect(code).toBe(1)
  expect(out).toContain('WRONG  migrations  1 pending: afterword migrate')
})

test('whatever a command opened is closed', () => {
  expect(counts.opened).toBeGreaterThan(10)
  expect(counts.closed).toBe(counts.opened)
})

test('contact set sets fields by hand, says what they hold, and refuses what does not fit', async () => {
  await db.insertInto('contacts').values({ number: '+12125550177' }).execute()
  const set = await run('contact', 'set', '+12125550177', 'first_name=Zoë', 'note=a=b', 'seats=', '--reason', 'by mail')
  expect(set.out).toMatch(/^contact_\d+/)
  expect(set.out).toMatch(/first_name\s+Zoë/)
  expect(set.out).toMatch(/note\s+a=b/)
  const entry = db.selectFrom('audit_entries').selectAll().where('action', '=', 'contact.edited')
  expect(await entry.executeTakeFirst()).toMatchObject({
    actor: 'cli:tester',
    after: { fields: ['first_name', 'note', 'seats'], reason: 'by mail' },
  })
  expect(await run('contact', 'set', '+12125550177', 'number=1', '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringContaining("number: a contact's number cannot be changed"),
  })
  expect(await run('contact', 'set', '+12125550177', 'note', '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('expected field=value'),
  })
  expect(await run('contact', 'set', '+12125550177', 'note=x')).toMatchObject({ code: 1 })
})

import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { claimDue, claimedRuns, listSchedules, runSchedule, startScheduled } from '../../../src/backfill/index.ts'
import { openCli } from '../../cli/open-cli.ts'
import { workOn } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { twoPools } from '../../support/database.ts'
import { ask, plan } from '../../support/items.ts'
import { addContact, textField } from '../../support/records.ts'
import { createWorld } from '../../support/world.ts'
import { nightly, openSchedules } from './open-schedules.ts'

const world = await createWorld({ AFTERWORD_LOG_LEVEL: 'error' })
const { db, actor, useCases } = world
const schedules = await openSchedules(world)
const { deps, now, at, save, activate, tend, runs, backfills, newest } = schedules
const { run: cli } = openCli(world, { schedules: async () => ({ folders: [schedules.folder], mayLack: false }) })

beforeAll(async () => {
  await ask(world, plan)
  const days = ['2026-03-08', '2026-03-09', '2026-03-10', '2026-03-11']
  const calls = days.map((day) =>
    call({ id: `call of ${day}`, at: `${day}T12:00:00Z`, turns: ['I want the Pro plan.'] }),
  )
  await world.take(...calls)
})

const started = { state: 'started', why: null, missed: 0 }

test('each night the day before is planned and started once, in the name of the schedule', async () => {
  at('2026-03-10T00:00:00Z')
  await save(nightly())
  expect(await activate()).toEqual([])
  await tend()
  expect(await runs()).toEqual([])
  at('2026-03-10T02:30:04Z')
  for (let times = 0; times < 3; times += 1) await tend()
  expect(await runs()).toEqual([{ due: '2026-03-10T02:30:00.000Z', ...started }])
  expect(await backfills()).toEqual([{ state: 'running', actor: 'schedule:nightly', of: ['call of 2026-03-09'] }])
  const id = await newest()
  const entries = db.selectFrom('audit_entries').select(['action', 'actor']).where('subject_id', '=', String(id))
  expect(await entries.where('subject_kind', '=', 'backfill').execute()).toEqual([
    { action: 'backfill.planned', actor: 'schedule:nightly' },
  ])
  await workOn(world, id)
  expect((await listSchedules(deps))[0]).toMatchObject({
    nextDue: new Date('2026-03-11T02:30:00Z'),
    lastRun: { state: 'started', backfill: { id, state: 'done' } },
  })
})

test('of many workers that see it due at a time one starts it', async () => {
  at('2026-03-10T00:00:00Z')
  await save(nightly())
  await activate()
  at('2026-03-10T02:31:00Z')
  const pools = twoPools(world.database.url, 4, onTestFinished)
  await Promise.all([...pools, ...pools].map((each) => claimDue({ db: each, now })))
  expect(await runs()).toMatchObject([{ state: 'claimed' }])
  const [run = 0] = await claimedRuns(db, now())
  await Promise.all(pools.map((each) => startScheduled({ ...deps, db: each }, run)))
  await Promise.all(pools.map((each) => tend({ db: each })))
  expect(await runs()).toEqual([{ due: '2026-03-10T02:30:00.000Z', ...started }])
  expect(await backfills()).toHaveLength(1)

  // Whatever else goes wrong, the database has it start once.
  const planAgain = { ...(await listSchedules(deps))[0]?.schedule.planAt(now()) }
  const again = await useCases.planBackfill({
    reason: 'again',
    filter: { kind: 'any', conditions: [] },
    ...planAgain,
    actor,
    scheduleRunId: run,
  })
  await expect(useCases.startBackfill({ id: again.id, actor })).rejects.toThrow('backfills_of_schedule_run')
})

test('a crash at any point between claim and start neither loses nor doubles it', async () => {
  await save(nightly())
  at('2026-03-09T00:00:00Z')
  await activate()
  const dues = ['2026-03-09T02:31:00Z', '2026-03-10T02:31:00Z', '2026-03-11T02:31:00Z']
  for (const [crash, due] of dues.entries()) {
    at(due)
    await claimDue(deps)
    const [run = 0] = await claimedRuns(db, now())
    const [listed] = await listSchedules(deps)
    if (!listed) throw new Error('nothing is in force')
    // After the claim; after the plan; after the start, before anybody has noted it.
    const input = { ...listed.schedule.planAt(new Date(due)), actor, scheduleRunId: run }
    const planned = crash > 0 ? await useCases.planBackfill(input) : undefined
    if (crash > 1 && planned) await useCases.startBackfill({ id: planned.id, actor })
    await tend()
    await tend()
    expect(await backfills()).toHaveLength(crash + 1)
    expect((await backfills()).at(-1)).toMatchObject({ state: 'running' })
    expect((await runs()).at(-1)).toMatchObject(started)
    await workOn(world, await newest())
  }
})

test('of the times that a service was down only the newest is made good, and it says so', async () => {
  at('2026-03-07T00:00:00Z')
  await save(nightly())
  await activate()
  at('2026-03-10T11:00:00Z')
  await tend()
  await tend()
  expect(await runs()).toEqual([{ due: '2026-03-10T02:30:00.000Z', ...started, missed: 3 }])
  // Late, it selects what it would have.
  expect(await backfills()).toMatchObject([{ of: ['call of 2026-03-09'] }])
  expect((await cli('schedules')).out).toContain('3 earlier due times missed')
})

test('one that is still going has the next skipped, with why; so has one that waits for a person', async () => {
  at('2026-03-09T00:00:00Z')
  await save(nightly())
  await activate()
  at('2026-03-09T02:30:00Z')
  await tend()
  const id = await newest()
  at('2026-03-10T02:30:00Z')
  await tend()
  await useCases.pauseBackfill({ id, actor })
  at('2026-03-11T02:30:00Z')
  await tend()
  await useCases.cancelBackfill({ id, actor })
  at('2026-03-12T02:30:00Z')
  await tend()
  const skipped = { state: 'skipped', missed: 0 }
  expect(await runs()).toEqual([
    { due: '2026-03-09T02:30:00.000Z', ...started },
    {
      due: '2026-03-10T02:30:00.000Z',
      ...skipped,
      why: `the run of 2026-03-09T02:30:00.000Z is still going: backfill ${id}`,
    },
    {
      due: '2026-03-11T02:30:00.000Z',
      ...skipped,
      why: `the run of 2026-03-09T02:30:00.000Z is paused: afterword backfill resume ${id}, or cancel ${id}`,
    },
    { due: '2026-03-12T02:30:00.000Z', ...started },
  ])
})

test('its canary stops it for a person, and the next is skipped until somebody has decided', async () => {
  at('2026-03-10T00:00:00Z')
  await save(nightly({ canary: { contacts: 1, stop_at: { changed: 0.5 } } }))
  await activate()
  at('2026-03-10T02:30:00Z')
  await tend()
  const id = await newest()
  await workOn(world, id)
  at('2026-03-11T02:30:00Z')
  await tend()
  const why = `the run of 2026-03-10T02:30:00.000Z is stopped for a person: afterword backfill go-on ${id}, or cancel ${id}`
  expect((await runs()).at(-1)).toMatchObject({ state: 'skipped', why })
  expect((await useCases.backfillStatus(id)).backfill.canary?.why).toEqual(expect.any(String))
  await useCases.goOnBackfill({ id, actor })
  await workOn(world, id)
  at('2026-03-12T02:30:00Z')
  await tend()
  expect((await runs()).at(-1)).toMatchObject(started)
})

test('nothing selected, and a plan that is refused, are noted; a run by hand is refused while one is going', async () => {
  at('2026-03-05T00:00:00Z')
  await save(nightly())
  await save(nightly({ name: 'all', filter: {}, max_conversations: 2 }), 'all.yaml')
  await save(nightly({ name: 'ours', mapping_only: true }), 'ours.yaml')
  await activate()
  at('2026-03-10T02:30:00Z')
  await tend()
  const lasts = async () => {
    const listed = await listSchedules(deps)
    return Object.fromEntries(listed.map(({ schedule, lastRun }) => [schedule.name, lastRun]))
  }
  expect(await lasts()).toMatchObject({
    nightly: { state: 'started' },
    all: { state: 'failed', why: expect.stringMatching(/^4 conversations are selected, more than the 2/) },
    ours: { state: 'failed', why: 'no mapping file is active' },
  })
  await expect(runSchedule(deps, { name: 'nightly', actor })).rejects.toMatchObject({
    code: 'schedule.going',
    status: 409,
  })
  await expect(runSchedule(deps, { name: 'nihgtly', actor })).rejects.toMatchObject({
    message: 'unknown schedule "nihgtly"; did you mean "nightly"?',
  })
  await workOn(world, await newest())
  at('2026-04-10T02:30:00Z')
  await tend()
  expect(await lasts()).toMatchObject({ nightly: { state: 'empty', missed: 30, why: /^no conversation matches/ } })
  const byHand = await runSchedule(deps, { name: 'nightly', actor })
  expect(byHand).toMatchObject({ state: 'empty', dueAt: null, askedBy: 'cli:test' })
})

test('a time that the clock skips or shows twice is started once on its day', async () => {
  at('2026-03-28T12:00:00Z')
  await save(nightly({ time_zone: 'Europe/Berlin' }))
  await activate()
  for (let minutes = 0; minutes < 48 * 60; minutes += 30) {
    at(Date.parse('2026-03-28T12:00:00Z') + minutes * 60_000)
    await tend()
  }
  expect((await runs()).map(({ due }) => due)).toEqual(['2026-03-29T01:30:00.000Z', '2026-03-30T00:30:00.000Z'])
  for (let minutes = 0; minutes < 24 * 60; minutes += 30) {
    at(Date.parse('2026-10-24T12:00:00Z') + minutes * 60_000)
    await tend()
  }
  // Of those in spring nothing is told any more.
  expect((await runs()).map(({ due }) => due)).toEqual(['2026-10-24T00:30:00.000Z', '2026-10-25T00:30:00.000Z'])
})

test('one that a CRM keeps from being planned is tried again, until it is due once more', async () => {
  world.account.defineProperties([textField('plan_wanted')])
  await world.useMapping(`{ version: 1, crm: hubspot, connection: main, object: contacts,
    match: [{ number: { of: [from_or_to], in: [phone] } }], fields: [{ from: plan, to: plan_wanted }] }`)
  const number = '+12125550131'
  await addContact(world, { properties: { phone: number } })
  await world.take(call({ id: 'mapped', at: '2026-01-09T12:00:00Z', number, turns: ['I want the Pro plan.'] }))
  await useCases.rerunConversation({ conversationId: 'mapped', actor, reason: 'test' })
  at('2026-03-09T00:00:00Z')
  await save(nightly({ filter: { call_id: 'mapped' }, mapping_only: true }))
  await activate()
  const away = { operation: 'contacts.batch_read', kind: 'status', status: 503 } as const
  at('2026-03-09T02:30:00Z')
  world.hubspot.addFault({ ...away, times: 4 })
  await tend()
  const waiting = { due: '2026-03-09T02:30:00.000Z', state: 'claimed', why: expect.stringContaining('503') }
  expect(await runs()).toMatchObject([waiting])
  expect([await backfills(), await claimedRuns(db, now())]).toEqual([[], []])
  expect((await cli('schedules')).out).toContain('tried again at 2026-03-09T02:31:00.000Z')
  at('2026-03-09T02:31:00Z')
  await tend()
  expect(await runs()).toMatchObject([{ state: 'started', why: null }])
  await workOn(world, await newest())

  at('2026-03-10T02:30:00Z')
  await claimDue(deps)
  at('2026-03-11T02:30:00Z')
  world.hubspot.addFault({ ...away, times: 4 })
  await tend()
  expect(await runs()).toMatchObject([
    {},
    { state: 'failed', why: expect.stringContaining('503') },
    { state: 'skipped', why: 'the run of 2026-03-10T02:30:00.000Z has not started yet' },
  ])
})

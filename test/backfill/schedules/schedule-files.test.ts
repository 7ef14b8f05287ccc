import { rm } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { activateSchedules, listSchedules, loadScheduleFolders } from '../../../src/backfill/index.ts'
import { fileSchema } from '../../../src/backfill/schedules/file-schema.ts'
import { openCli } from '../../cli/open-cli.ts'
import { openAppOn } from '../../http/open-app.ts'
import { workOn } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { createWorld } from '../../support/world.ts'
import { nightly, openSchedules } from './open-schedules.ts'

const world = await createWorld()
const { db, actor, useCases } = world
const { admin } = world.models
world.model.pace.backoffMs = 1
const { call: request } = await openAppOn(world)
const schedules = await openSchedules(world)
const { deps, folder, at, save, activate, tend, runs, backfills, newest } = schedules
const { run: cli } = openCli(world, { schedules: async () => ({ folders: [folder], mayLack: false }) })

beforeAll(async () => {
  await ask(world, plan)
  const ids = ['one', 'two', 'three', 'four', 'five', 'six']
  await world.take(...ids.map((id) => call({ id, at: '2026-03-09T12:00:00Z', turns: [`I want the Pro plan, ${id}.`] })))
})

/** What is in force: by name, the reason each gives. */
async function inForce() {
  const listed = await listSchedules(deps)
  return Object.fromEntries(listed.map(({ schedule }) => [schedule.name, schedule.planAt(new Date()).reason]))
}

test('a file that is wrong stays as it was, others are taken up, one that is gone ends', async () => {
  await save(nightly())
  await save(nightly({ name: 'hourly', every: 'hour' }), 'hourly.yaml')
  expect(await activate()).toEqual([])
  await save(nightly({ reason: 'broken', evry: 'hour' }))
  await save(nightly({ name: 'hourly', every: 'hour', reason: 'changed' }), 'hourly.yaml')
  await save(nightly({ reason: 'a copy' }), 'other.yaml')
  await save('name: [', 'new.yml')
  expect(await activate()).toEqual([
    expect.stringMatching(/^new.yml:/),
    expect.stringMatching(/^nightly.yaml:1:\d+ {2}unknown key "evry"; did you mean "every"\?$/),
    'other.yaml:1:1  nightly.yaml, as it was last saved without a mistake, has the same name "nightly"',
  ])
  expect(await inForce()).toEqual({ nightly: 'test', hourly: 'changed' })
  await rm(path.join(folder, 'hourly.yaml'))
  await rm(path.join(folder, 'nightly.yaml'))
  expect(await activate()).toHaveLength(1)
  expect(await inForce()).toEqual({ nightly: 'a copy' })
  await rm(path.join(folder, 'new.yml'))
  await save(nightly({ reason: 'twice' }), 'zz.yaml')
  expect(await activate()).toEqual([expect.stringMatching(/^zz.yaml:1:1 .*other.yaml has the same name "nightly"$/)])

  // A folder that is away says nothing about what is in it.
  const away = await loadScheduleFolders([path.join(folder, 'nowhere')])
  expect(await activateSchedules(deps, away, actor)).toMatchObject({
    activations: [],
    problems: [{ message: expect.stringContaining('cannot read the folder') }],
  })
  expect(await inForce()).toEqual({ nightly: 'a copy' })
  const audit = db.selectFrom('audit_entries').select(['action']).where('subject_kind', '=', 'schedule')
  expect((await audit.where('subject_id', '=', 'hourly').orderBy('id').execute()).map(({ action }) => action)).toEqual([
    'schedule.activated',
    'schedule.changed',
    'schedule.removed',
  ])
})

test('a due time is not lost with another reason, and none of before counts where the times are changed', async () => {
  at('2026-03-10T00:00:00Z')
  await save(nightly())
  await activate()
  at('2026-03-10T02:30:01Z')
  await save(nightly({ reason: 'a better one' }))
  await activate()
  await tend()
  expect(await runs()).toMatchObject([{ due: '2026-03-10T02:30:00.000Z' }])
  at('2026-03-10T12:00:00Z')
  await save(nightly({ every: 'day at 11:00' }))
  await activate()
  await tend()
  await save(nightly({ every: 'day at 11:00', enabled: false }))
  await activate()
  at('2026-03-11T12:00:00Z')
  await tend()
  await save(nightly({ every: 'day at 11:00' }))
  await activate()
  await tend()
  expect(await runs()).toHaveLength(1)
  at('2026-03-12T11:00:00Z')
  await tend()
  expect(await runs()).toMatchObject([{}, { due: '2026-03-12T11:00:00.000Z', missed: 0 }])
})

test('what failed the day before is analysed again, and what succeeded is not', async () => {
  const first = { conversationId: 'one', actor, reason: 'test' }
  await useCases.rerunConversation({ ...first, conversationId: 'two' })
  admin.fault({ kind: 'refuse', times: 4 })
  await expect(useCases.rerunConversation(first)).resolves.toMatchObject({ outcome: 'refused' })
  admin.reset()
  at('2026-03-10T00:00:00Z')
  const failed = { analysis_outcome: { in: ['refused', 'invalid', 'transport'] } }
  await save(nightly({ filter: { start_timestamp: { last: 'day' }, ...failed } }))
  await activate()
  at('2026-03-10T02:30:00Z')
  await tend()
  expect(await backfills()).toMatchObject([{ of: ['one'] }])
  await workOn(world, await newest())
  at('2026-03-10T20:00:00Z')
  expect(await (await cli('schedules', 'run', 'nightly')).out).toContain('nothing to do: no conversation matches')
})

test('all its runs together keep to its cap, also one that a file sets or raises in the middle of the week', async () => {
  const capped = (more: Record<string, unknown>) => nightly({ name: 'capped', ...more })
  await save(capped({ filter: { call_id: 'three' } }))
  await activate()
  await cli('schedules', 'run', 'capped')
  await workOn(world, await newest())
  await save(
    capped({
      every: 'hour',
      filter: { call_id: ['four', 'five', 'six'] },
      cap: { usd: 0.0022, per: 'week' },
    }),
  )
  await activate()
  const { out, code } = await cli('schedules', 'run', 'capped')
  const id = await newest()
  expect([out, code]).toEqual([`capped: backfill ${id} running`, 0])
  await workOn(world, id)
  const own = async () => {
    const { scopes } = await useCases.reportSpending()
    return scopes.filter(({ scope, period }) => scope === 'schedule:capped' && period === 'week')
  }
  const [week] = await own()
  expect(week).toMatchObject({ capUsd: 0.0022 })
  expect((week?.spentUsd ?? 1) + (week?.reservedUsd ?? 1)).toBeLessThanOrEqual(0.0022)
  expect(new Date(`${week?.startsOn}T00:00:00Z`).getUTCDay()).toBe(1)
  expect(week?.resetsAt?.getTime()).toBe(Date.parse(`${week?.startsOn}T00:00:00Z`) + 7 * 24 * 3_600_000)
  const status = await useCases.backfillStatus(id)
  expect(status.backfill.parked?.why).toContain('schedule:capped may spend $0.0022 a week')
  // What was spent before the cap was there counts, so one more fits.
  expect(status.items).toMatchObject({ open: 2, done: 1 })
  expect((await cli('schedules')).out).toMatch(
    /hour UTC .* \$0\.0022 a week .* backfill \d+ running: the model is not asked/,
  )
  await useCases.cancelBackfill({ id, actor })
  // The next of its runs has no more than is left.
  await cli('schedules', 'run', 'capped')
  await workOn(world, await newest())
  expect((await own())[0]).toMatchObject({ spentUsd: week?.spentUsd, reservedUsd: 0 })

  await save(capped({ every: 'hour', filter: { call_id: ['four', 'five', 'six'] }, cap: { usd: 1, per: 'week' } }))
  await activate()
  const next = await newest()
  await useCases.pauseBackfill({ id: next, actor })
  await useCases.resumeBackfill({ id: next, actor })
  await workOn(world, next)
  expect((await useCases.backfillStatus(next)).items).toMatchObject({ open: 0, outcomes: { ok: 3 } })
})

test('a file takes what POST /v1/backfills takes, in its words', async () => {
  const document = (await (await request('GET', '/openapi.json')).json()) as {
    paths: Record<string, Record<string, { requestBody?: unknown }>>
  }
  const body = JSON.stringify(document.paths?.['/v1/backfills']?.post?.requestBody)
  const { properties } = JSON.parse(body).content['application/json'].schema
  const own = ['name', 'enabled', 'every', 'time_zone', 'cap']
  const words = Object.keys(properties).filter((key) => key !== 'start')
  expect(
    Object.keys(fileSchema.shape)
      .filter((key) => !own.includes(key))
      .sort(),
  ).toEqual(words.sort())
})

test('the doors tell what is in force, what is wrong, and what is due', async () => {
  at('2026-03-10T00:00:00Z')
  await save(nightly({ time_zone: 'Europe/Berlin', cap: { usd: 5, per: 'month' } }))
  await save(nightly({ name: 'off', enabled: false }), 'off.yaml')
  await activate()
  const answer = await request('GET', '/v1/schedules')
  expect(await answer.json()).toMatchObject({
    items: [
      {
        name: 'nightly',
        every: 'day at 02:30',
        time_zone: 'Europe/Berlin',
        cap: { usd: 5, per: 'month' },
        last_run: null,
      },
      { name: 'off', enabled: false, next_due_at: null },
    ],
    problems: [],
  })
  await save(nightly({ name: 'off', enabeld: false }), 'off.yaml')
  const { out, err } = await cli('schedules')
  expect(out).toMatch(/nightly +day at 02:30 Europe\/Berlin +\d{4}-\d\d-\d\d 02:30 +\$5\.00 a month +none yet/)
  expect(out).toMatch(/off +day at 02:30 UTC +by hand only: enabled is false +none +none yet/)
  expect(err).toMatch(/off.yaml:1:\d+ {2}unknown key "enabeld"; did you mean "enabled"\?/)
  const check = await cli('schedules', 'check')
  expect([check.code, check.out]).toEqual([
    1,
    expect.stringContaining('nightly.yaml: nightly, every day at 02:30 Europe/Berlin: right'),
  ])
  expect(await cli('schedules', 'check', path.join(folder, 'nightly.yaml'))).toMatchObject({ code: 0 })
  expect(await cli('schedules', 'run', 'nihgtly')).toMatchObject({
    code: 1,
    err: 'error: unknown schedule "nihgtly"; did you mean "nightly"?',
  })
})

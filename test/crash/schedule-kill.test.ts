import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { activateSchedules, loadScheduleFolders } from '../../src/backfill/index.ts'
import { startWorking } from '../../src/main/index.ts'
import { byTurns } from '../support/by-turns.ts'
import { setGate } from './gate.ts'
import { type Arrange, whileTheModelIsAsked } from './kill-points.ts'
import { openScene, patience } from './scene.ts'
import { expectNoCallRepeated, expectNothingLost, expectStory } from './whole.ts'

const slow = { timeout: 90_000 }
const dayMs = 24 * 3_600_000

function atRow(table: string, event: 'insert' | 'update', when: string): Arrange {
  return async ({ database }, { atEnd }) => {
    const gate = await setGate(database.url, { table, event, when }, atEnd)
    return { isSprung: gate.isReached, clear: gate.cutOff }
  }
}

const points = [
  ['as it claims what is due', 71, atRow('schedule_runs', 'insert', 'true')],
  ['as it plans', 72, atRow('backfill_items', 'insert', 'new.seq = 12')],
  ['as it starts what it planned', 73, atRow('backfills', 'update', `new.state = 'running'`)],
  ['as it notes that it has started', 74, atRow('schedule_runs', 'update', `new.state = 'started'`)],
  ['while the model is asked', 75, whileTheModelIsAsked],
] as const

test.concurrent.for(byTurns<(typeof points)[number]>(points, { turn: 1, of: 3 }))(
  'of a worker killed %s by a schedule, another finds the work: it is planned, started and done once',
  slow,
  async ([, seed, arrange], { onTestFinished }) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'afterword-backfills-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const daily = { name: 'daily', reason: 'test', every: 'day at 00:00', filter: {}, concurrency: 4 }
    await writeFile(path.join(folder, 'daily.yaml'), JSON.stringify(daily))
    const { world, startWorkers, backfillId } = await openScene(seed, {
      kinds: ['hubspot'],
      settings: { AFTERWORD_BACKFILLS: folder },
      atEnd: onTestFinished,
    })
    await world.db.deleteFrom('backfills').where('id', '=', backfillId).execute()
    const trap = await arrange(world, { backfillId, atEnd: onTestFinished })
    // In force since a day and a minute before today began: due once.
    const since = () => new Date(Math.floor(Date.now() / dayMs) * dayMs - 60_000)
    await activateSchedules({ ...world, now: since }, await loadScheduleFolders([folder]), world.actor)
    const [doomed] = await startWorkers(1)
    await vi.waitUntil(trap.isSprung, patience)
    await doomed?.kill()
    const killedAt = new Date()
    await trap.clear()
    await startWorking(world)

    const runs = () => world.db.selectFrom('schedule_runs').select(['state', 'missed']).execute()
    await vi.waitUntil(async () => (await runs())[0]?.state === 'started', patience)
    const { id } = await world.db.selectFrom('backfills').select('id').executeTakeFirstOrThrow()
    await vi.waitUntil(async () => (await world.useCases.backfillStatus(id)).settled, patience)
    expect(await runs()).toEqual([{ state: 'started', missed: 0 }])
    expect(await world.useCases.listBackfills()).toMatchObject([{ id, state: 'done' }])
    await expectNothingLost(world)
    await expectNoCallRepeated(world, killedAt)
    expectStory(world)
  },
)

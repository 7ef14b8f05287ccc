import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Crm } from '../../../src/crm/index.ts'
import { hubspotOn } from '../../contract/hubspot-account.ts'
import { salesforceOn } from '../../contract/salesforce-account.ts'
import { type Kind, kinds } from '../../support/accounts/account.ts'
import type { AtEnd } from '../../support/database.ts'
import type { World } from '../../support/world.ts'
import { play } from '../programs/play.ts'
import { openStage, type Stage } from '../programs/stage.ts'
import { leftOver, ownAppId, writesOf } from './ledger.ts'
import { anySchedule, type Schedule } from './schedule.ts'
import { weatherOf } from './weather.ts'

const scheduleCount = Math.ceil(Number(process.env.FAULTS ?? 40) / kinds.length)
const firstSeed = Number(process.env.FAULTS_SEED ?? 20261126)
/** Worlds side by side, as many as vitest plays tests at once: most of a schedule is waiting. */
const lanes = 5
/** Long enough for a busy machine, so that nothing hangs but what is meant to. */
const deadlineMs = 500
const seeds = Array.from({ length: scheduleCount }, (_, index) => firstSeed + index)

/**
 * Random fault schedules: programs of conversations, reruns, edits and the rest are played while calls to the CRM fail in every
 * way and pushers die. Once that ends and nothing waits any more, the CRM holds what it holds where nothing went wrong, every
 * change was written once and is in the ledger, and nothing is left over. Each schedule has a seed of its own, counted on from the
 * first, so many over both CRMs together: `FAULTS=1000 FAULTS_SEED=7 npx vitest run test/scenarios/faults`. What fails is shrunk.
 */
export async function testAnyWeather(kind: Kind): Promise<void> {
  const free = await Promise.all(Array.from({ length: lanes }, () => openLane(kind, afterAll)))

  test.concurrent.for(seeds)(
    'schedule %i ends as if nothing had gone wrong',
    { timeout: 180_000 },
    async (seed, { onTestFinished }) => {
      const waiting = free.pop()
      const lane = waiting ?? (await openLane(kind, onTestFinished))
      const property = fc.asyncProperty(anySchedule(kind), (schedule) => endsWell(lane, schedule))
      await fc.assert(property, { seed, numRuns: 1, unbiased: true, interruptAfterTimeLimit: 120_000 })
      // After a failure nobody knows what is left in it: from then on the tests open worlds of their own.
      if (waiting !== undefined) free.push(waiting)
    },
  )
}

type Lane = { stage: Stage; crm: Crm }

async function openLane(kind: Kind, atEnd: AtEnd): Promise<Lane> {
  const stage = await openStage(kind, { fieldsOfAKind: 12, contactsAtOnce: 12 }, atEnd)
  return { stage, crm: await inAHurry(stage.world) }
}

async function endsWell({ stage, crm }: Lane, { programs, troubles }: Schedule): Promise<void> {
  const { world } = stage
  const performances = programs.map(({ program }) => ({ program, order: program.ops }))
  const twin = await play(stage, performances, 'end')
  const stormy = await play(stage, performances, 'each', weatherOf(world, crm, troubles))
  expect(stormy.cells).toEqual(twin.cells)
  expect(stormy.again).toEqual({ rowsWritten: 0, historyCalls: 0 })
  expect(await leftOver(world)).toEqual({ marks: 0, openIntents: 0, pendingContributions: 0, unreadCells: 0 })
  const { inLedger, inCrm } = await writesOf(world)
  expect(inLedger).toEqual(inCrm)
}

/** The adapter of the world's account, with a deadline that a test can wait for. */
async function inAHurry({ account, db, log: loud, hubspot, salesforce, crms }: World): Promise<Crm> {
  // Read where all logs are, but not shown: here calls fail by the hundred.
  const log = { ...loud, warn: loud.debug }
  const { connection } = account
  const crm =
    account.kind === 'hubspot'
      ? hubspotOn(hubspot, db, { connection, token: 'sandbox-hubspot', ownAppId, deadlineMs, log })
      : salesforceOn(salesforce, { connection, deadlineMs, log })
  await crm.account()
  crms.set(connection, crm)
  return crm
}

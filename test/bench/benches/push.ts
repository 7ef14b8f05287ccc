import { runStep } from '../../../src/backfill/index.ts'
import { pushConnection } from '../../../src/sync/index.ts'
import { markAll } from '../../support/pushes.ts'
import type { World } from '../../support/world.ts'
import { planTown } from '../backfill-run.ts'
import { isBatchCall, noteRequests, type Sent, sendAgain } from '../bare.ts'
import { defineFields, inWorld } from '../bench-world.ts'
import { type Figure, perSecond, type Rates, rateFigure } from '../figures.ts'
import { createPeople, settle, type Town } from '../town.ts'

const rounds = 3
const records = 2_000
const town: Town = { name: 'a', people: records, calls: records }
const concurrency = 32

/**
 * How fast marked records are pushed, when each of them gets its first values and when all of them stand as they should,
 * beside a bare loop that sends the very same batch calls to the CRM and does nothing with the answers.
 */
export async function measure(): Promise<Figure[]> {
  const sent = noteRequests()
  return inWorld(async (world) => {
    await settle(world, [town])
    await analyse(world)
    const firstTouch: Rates = { ours: [], bare: [] }
    const noOp: Rates = { ours: [], bare: [] }
    for (let round = 0; round < rounds; round += 1) {
      await takeBackPushes(world)
      await measurePush(world, sent, firstTouch)
      await measurePush(world, sent, noOp)
    }
    return [
      rateFigure('records pushed, first touch', 'records/s', firstTouch, 0.06),
      rateFigure('records pushed, nothing to change', 'records/s', noOp, 0.015),
    ]
  })
}

/** Everything up to the push, which nobody does here but us. */
async function analyse(world: World): Promise<void> {
  const { useCases, actor } = world
  const id = await planTown(world, town, concurrency)
  await useCases.startBackfill({ id, actor })
  const step = () =>
    runStep({ ...world, now: () => new Date() }, { backfillId: id, holder: 'bench' }, new AbortController().signal)
  while ((await step()).more);
}

/** The CRM as it was before us, under the same ids, and everything that was decided on it to be decided again. */
async function takeBackPushes(world: World): Promise<void> {
  const { db, hubspot } = world
  hubspot.reset()
  defineFields(world)
  createPeople(world, town)
  for (const table of ['ledger', 'record_state', 'field_events'] as const) await db.deleteFrom(table).execute()
  await db.updateTable('contributions').set({ state: 'pending', decisions: null, push_id: null }).execute()
}

async function measurePush(world: World, sent: Sent[], rates: Rates): Promise<void> {
  const { db, log, model, next, crm } = world
  await markAll(world)
  sent.length = 0
  const push = async () => {
    const report = await pushConnection({ db, log, model, next, now: () => new Date() }, crm)
    if (report?.records !== records) throw new Error(`${report?.records} of ${records} records were pushed`)
  }
  rates.ours.push(await perSecond(records, push))
  const calls = sent.filter(isBatchCall)
  rates.bare.push(await perSecond(records, () => sendAgain(calls, 1)))
}

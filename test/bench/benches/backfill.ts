import type { World } from '../../support/open-world.ts'
import type { CrmServer } from '../crm/crm-servers.ts'
import type { Figure } from '../figures.ts'
import { floorCpuMs } from '../large/floor.ts'
import { inLargeWorld, type Vendors } from '../large/in-large-world.ts'
import { agents, type Size, settleLarge } from '../large/large-town.ts'
import { rateBetween, runBackfill } from '../large/run-backfill.ts'
import { startWorker } from '../large/start-worker.ts'

const size: Size = {
  conversations: Number(process.env.CONVERSATIONS ?? 100_000),
  contacts: Number(process.env.CONTACTS ?? 20_000),
}
const concurrency = 32

/**
 * A backfill of 100,000 different conversations with 20,000 contacts, by a worker of its own, against stand-ins that answer at once: what it
 * costs in CPU beside the bare floor, whether it slows down, how many statements, how much memory and how many CRM calls it takes; and that
 * the same again asks no model and writes nothing. Every record was touched before, by a backfill that tells what time is spent on: to
 * watch that costs too much beside a measurement.
 */
export function measure(): Promise<Figure[]> {
  return inLargeWorld(measureIn)
}

async function measureIn(world: World, { hubspot, model }: Vendors): Promise<Figure[]> {
  await settleLarge(world, hubspot, size)
  const worker = startWorker(world.environment)
  try {
    await worker.watch()
    await runBackfill(world, agents.before, concurrency)
    printStages(await worker.stages())
    const [before, callsBefore] = [await worker.gauge(), await callsOf(hubspot)]
    const measured = await runBackfill(world, agents.measured, concurrency)
    const [after, callsAfter] = [await worker.gauge(), await callsOf(hubspot)]
    const asked = await model.requests()
    const same = await runBackfill(world, agents.measured, concurrency)
    const [again, callsAgain, askedAgain] = [await worker.gauge(), await callsOf(hubspot), await model.requests()]
    const floor = await floorCpuMs(
      world,
      { model: model.url, hubspot: hubspot.url },
      { agentId: agents.measured, runId: measured.runId, concurrency },
    )
    const perConversation = (ms: number) => ms / size.conversations
    return [
      {
        name: `CPU of a backfill of ${size.conversations.toLocaleString('en-US')} conversations, beside the bare floor`,
        median: perConversation(after.cpuMs - before.cpuMs),
        baseline: perConversation(floor),
        bar: { ofBaseline: 2 },
        unit: 'ms a conversation',
        better: 'lower',
      },
      {
        name: 'rate of the last tenth, beside the second',
        median: rateBetween(measured.progress, 0.9, 1),
        baseline: rateBetween(measured.progress, 0.1, 0.2),
        bar: { ofBaseline: 0.85 },
        unit: 'conversations/s',
        better: 'higher',
      },
      {
        name: 'SQL statements',
        median: (after.statements - before.statements) / size.conversations,
        baseline: 0.5,
        bar: 0.5,
        unit: 'a conversation',
        better: 'lower',
      },
      { name: 'peak memory of the worker', median: again.peakMb, baseline: 400, bar: 400, unit: 'MB', better: 'lower' },
      {
        name: 'CRM calls, reads and writes',
        median: callsAfter.values - callsBefore.values,
        baseline: 2 * Math.ceil(size.contacts / 100),
        bar: { ofBaseline: 1.1 },
        unit: 'calls',
        better: 'lower',
      },
      {
        // What was written is read back once, five minutes later: those of the backfill before fall into it, and the first of its own.
        name: 'CRM calls that read back what two backfills have written',
        median: callsAgain.histories,
        baseline: 2 * Math.ceil(size.contacts / 50),
        bar: { ofBaseline: 1.1 },
        unit: 'calls',
        better: 'lower',
      },
      {
        name: 'model calls of the same again',
        median: askedAgain - asked,
        baseline: 0,
        bar: 0,
        unit: 'calls',
        better: 'lower',
      },
      {
        name: 'CRM writes of the same again',
        median: callsAgain.writes - callsAfter.writes,
        baseline: 0,
        bar: 0,
        unit: 'calls',
        better: 'lower',
      },
      ...planFigures(measured),
      ...planFigures(same).slice(0, 1),
    ]
  } finally {
    await worker.stop()
  }
}

/** Whether it came as the plan had said: how many were answered from the cache and by a model, and what they cost. */
function planFigures({ estimate, came }: Awaited<ReturnType<typeof runBackfill>>): Figure[] {
  const { costUsdLow = 0, costUsdHigh = 0 } = estimate
  const off = Math.abs(estimate.modelCalls - came.modelCalls) + Math.abs(estimate.cached - came.cached)
  const cost = { median: came.costUsd, unit: 'USD', bar: { ofBaseline: 1 } }
  return [
    {
      name: 'conversations that the plan took for others',
      median: off,
      baseline: 0,
      bar: 0,
      unit: 'conversations',
      better: 'lower',
    },
    { name: 'cost, beside the high end of the plan', ...cost, baseline: costUsdHigh, better: 'lower' },
    { name: 'cost, beside the low end of the plan', ...cost, baseline: costUsdLow, better: 'higher' },
  ]
}

/** Beside the figures, so that those stay what `--json` says they are. */
function printStages(stages: [string, number][]): void {
  const shares = stages.map(([stage, share]) => `${stage} ${(share * 100).toFixed(1)} %`)
  process.stderr.write(`time of the worker by stage, in the backfill before: ${shares.join(', ')}\n`)
}

/** Calls for batches of records since the stand-in began, its import not among them. */
async function callsOf(hubspot: CrmServer) {
  const calls = await hubspot.calls()
  const ofBatches = Object.entries(calls).filter(([name]) => name.includes('batch_'))
  const sum = (some: [string, number][]) => some.reduce((total, [, count]) => total + count, 0)
  const histories = await hubspot.historyReads()
  const writes = sum(ofBatches.filter(([name]) => name.endsWith('batch_update')))
  return { values: sum(ofBatches) - histories, histories, writes }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { startWorking } from '../../../src/main/index.ts'
import { call } from '../../support/conversations.ts'
import type { World } from '../../support/world.ts'
import { inWorld } from '../bench-world.ts'
import type { Figure } from '../figures.ts'

const enrolments = 50_000
const capUsd = 1
/** So many at a time are created, imported and asked for. */
const batch = 5_000
const lookMs = 1_000

/**
 * ENGINE.md section 6, scenario 12: a workflow enrols 50,000 contacts at once, each of which asks for a rerun, under a daily cap.
 * Every request has to end as done or wait parked, and together they spend no more than the cap.
 */
export async function measure(): Promise<Figure[]> {
  return inWorld(
    async (world) => {
      const recordIds = await enrol(world)
      await startWorking(world)
      const actor = { kind: 'trigger', name: 'main' } as const
      const started = performance.now()
      for (const chunk of chunks(recordIds))
        await Promise.all(chunk.map((recordId) => world.useCases.rerunForRecord({ ask: askOf(recordId), actor })))
      const askedPerSecond = (enrolments * 1_000) / (performance.now() - started)
      const states = await settledStates(world)
      const { spent, reserved } = await spending(world)
      const ended = (states.done ?? 0) + (states.parked ?? 0)
      return [
        figure('spent and reserved', spent + reserved, capUsd, 'USD', 'lower'),
        figure('spent', spent, capUsd * 0.95, 'USD', 'higher'),
        figure('requests done or parked', ended, enrolments, 'requests', 'higher'),
        figure('requests taken', askedPerSecond, 50, 'requests/s', 'higher'),
      ]
    },
    { AFTERWORD_USD_PER_DAY: String(capUsd) },
  )
}

function figure(name: string, value: number, bar: number, unit: string, better: Figure['better']): Figure {
  return { name, median: value, baseline: bar, bar, unit, better }
}

/** So many contacts with a call each, analysed by nobody yet. */
async function enrol(world: World): Promise<string[]> {
  const people = Array.from({ length: enrolments }, (_, person) => numberOf(person))
  const recordIds = world.hubspot.createContacts(people.map((phone) => ({ properties: { phone } })))
  await world.importCrm()
  for (const chunk of chunks(people)) {
    const turns = (number: string) => [`I want the Pro plan for ${number}.`, 'Good.', 'That is all, thank you.']
    await world.take(
      ...chunk.map((number) => call({ id: number, at: '2026-03-03T10:00:00Z', number, turns: turns(number) })),
    )
  }
  return recordIds
}

function askOf(recordId: string) {
  return { connection: 'main', recordId, object: null, wanted: { conversations: 'latest' }, requestKey: null } as const
}

/** When nothing moves any more: how many requests are in which state. */
async function settledStates({ db }: World): Promise<Record<string, number>> {
  for (;;) {
    const rows = await db
      .selectFrom('trigger_requests')
      .select(['state', (eb) => eb.fn.countAll<number>().as('requests')])
      .groupBy('state')
      .execute()
    const states = Object.fromEntries(rows.map(({ state, requests }) => [state, requests]))
    if (!states.waiting && !states.running) return states
    await sleep(lookMs)
  }
}

async function spending({ useCases }: World): Promise<{ spent: number; reserved: number }> {
  const { scopes } = await useCases.reportSpending()
  const day = scopes.find(({ scope, period }) => scope === 'installation' && period === 'day')
  return { spent: day?.spentUsd ?? 0, reserved: day?.reservedUsd ?? 0 }
}

/** Fictional numbers: a hundred to an area code and an exchange. */
function numberOf(person: number): string {
  const exchange = 200 + (Math.floor(person / 100) % 700)
  const area = 201 + Math.floor(person / 70_000)
  return `+1${area}${exchange}01${String(person % 100).padStart(2, '0')}`
}

function chunks<T>(items: T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / batch) }, (_, place) =>
    items.slice(place * batch, (place + 1) * batch),
  )
}

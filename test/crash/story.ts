import type { Account, Seed } from '../support/accounts/account.ts'
import { mappingFor } from '../support/mappings.ts'
import { datetimeField, longTextField, numberField, textField } from '../support/records.ts'
import type { World } from '../support/world.ts'

/** Thirty calls of ten contacts: the same cells must come out of them whatever happens to the processes on the way. */

const agentId = 'agent_crash'
const firstCall = Date.parse('2026-02-03T09:00:00Z')
const dayMs = 86_400_000

/** How many calls each contact has; with one from a stranger and one that nobody answered they are thirty. */
const callsPerContact = [5, 4, 4, 3, 3, 3, 2, 2, 1, 1]
const companies = ['Müller & Söhne', "O'Brien", 'Acme', 'Zoë Ltd', 'Blue Whale']

type Told = { contact: number; budget: number; company: string; wantsDemo: boolean; at: number }

const told: Told[] = callsPerContact
  .flatMap((calls, contact) => Array.from({ length: calls }, () => contact))
  .map((contact, index) => ({
    contact,
    // Goes up and down, so that `max` and `overwrite` differ.
    budget: 1_000 * (1 + ((index * 7) % 11)),
    company: companies[index % companies.length] ?? '',
    wantsDemo: index % 3 !== 0,
    at: firstCall + index * dayMs,
  }))

/** Nobody speaks in one of them: it is skipped. */
export const callCount = told.length + 2
export const modelCallCount = callCount - 1
export const recordCount = callsPerContact.length

const rules = [
  { from: 'call_summary', to: 'last_call_summary' },
  { from: 'company', to: 'first_company', mode: 'fill_if_empty' },
  { from: 'budget', to: 'best_budget', mode: 'max' },
  { from: 'wants_demo', to: 'demo_requests', mode: 'count' },
  { from: '$ended_at', to: 'last_call_at' },
]

/** The mapping file of the story for an account. */
export function mappingOf(account: Account): string {
  return mappingFor(account, rules)
}

const agents = {
  agents: [
    {
      agent_id: agentId,
      version: 0,
      post_call_analysis_data: [
        { type: 'number', name: 'budget', description: 'The budget of the caller, in dollars.' },
        { type: 'string', name: 'company', description: 'The company the caller works for.' },
        { type: 'boolean', name: 'wants_demo', description: 'Whether the caller wants a demo.' },
      ],
    },
  ],
}

/** The first two have values from before us: an older company, and a budget above all that is said. */
function contacts(): Seed[] {
  const before: Record<string, string>[] = [{ first_company: 'Old & Co' }, { best_budget: '250000' }]
  return callsPerContact.map((_, contact) => ({
    properties: { firstname: `Contact ${contact}`, phone: numberOf(contact), ...before[contact] },
    at: '2026-01-01T00:00:00Z',
  }))
}

function numberOf(contact: number): string {
  return `+1212555${String(1_000 + contact)}`
}

function calls(): object[] {
  const stranger = { contact: 99, budget: 100, company: 'Nobody', wantsDemo: true, at: firstCall }
  const spoken = [...told, stranger].map((each, index) => ({
    ...callOf(each, index),
    transcript_object: [
      { role: 'agent', content: 'Welcome! Which company do you work for, and what is your budget?' },
      { role: 'user', content: `I work for ${each.company}. My budget is ${each.budget} dollars.` },
      { role: 'agent', content: 'Would you like a demo?' },
      { role: 'user', content: each.wantsDemo ? 'Yes, please.' : 'No, thank you.' },
    ],
  }))
  const unanswered = {
    ...callOf({ contact: 0, at: firstCall }, told.length + 1),
    transcript_object: [{ role: 'agent', content: 'Hello? Hello?' }],
  }
  return [...spoken, unanswered]
}

function callOf({ contact, at }: Pick<Told, 'contact' | 'at'>, index: number) {
  return {
    call_id: `call_${String(index).padStart(2, '0')}`,
    agent_id: agentId,
    agent_version: 0,
    call_type: 'phone_call',
    call_status: 'ended',
    direction: 'inbound',
    from_number: numberOf(contact),
    to_number: '+13035550102',
    start_timestamp: at,
    end_timestamp: at + 60_000,
  }
}

/** What the mode of three of the fields makes of the story, worked out without any of our code. */
export function expectedOf(contact: number) {
  const own = told.filter((each) => each.contact === contact)
  const before = contacts()[contact]?.properties ?? {}
  return {
    first_company: before.first_company ?? own[0]?.company,
    best_budget: String(Math.max(Number(before.best_budget ?? 0), ...own.map((each) => each.budget))),
    // Where nobody wants one, nothing is said and nothing is written: the field stays empty.
    demo_requests: String(own.filter((each) => each.wantsDemo).length || '') || null,
  }
}

/** Puts the story into a world with these mappings, its calls in an order of the seed's choosing. Returns a planned backfill of all. */
export async function tellStory(world: World, seed: number): Promise<number> {
  const { accounts, useCases, actor } = world
  for (const account of accounts) {
    account.defineProperties([
      longTextField('last_call_summary'),
      textField('first_company'),
      numberField('best_budget'),
      numberField('demo_requests'),
      datetimeField('last_call_at'),
    ])
    account.createContacts(contacts())
  }
  await useCases.importAgents({ file: agents, actor })
  await useCases.importRecords({})
  await world.take(...shuffled(calls(), seed))
  // One call at a time in each lane, so that a kill finds some kept, some in flight and some open.
  const plan = await useCases.planBackfill({
    filter: { kind: 'any', conditions: [] },
    actor,
    reason: 'crash test',
    concurrency: 4,
  })
  return plan.id
}

/** What a CRM holds in the mapped fields, record by record. */
export function cellsOf(account: Account): Record<string, string | null>[] {
  return account
    .contacts()
    .map(({ properties }) => Object.fromEntries(rules.map(({ to }) => [to, properties[to] ?? null])))
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state
  }
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

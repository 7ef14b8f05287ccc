import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Actor, actorLabel } from '../../src/audit/index.ts'
import { parseMapping } from '../../src/mapping/index.ts'
import { activateMappings } from '../../src/sync/index.ts'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { fingerprints } from '../support/database.ts'
import { ask, plan } from '../support/items.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld({ AFTERWORD_RETENTION_DAYS: '1000' })
const { db, useCases } = world
const actor: Actor = { kind: 'key', name: 'Zoë "ops"' }
const reason = 'it\'s \\ "why" 👋'

const heard = (id: string) => call({ id, at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] })

beforeAll(async () => {
  await ask(world, plan)
  await world.take(heard('call_1'))
  await sql`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the audit is full'; end $$
  `.execute(db)
})

async function planned() {
  return planOf(world, 'call_1')
}

async function running() {
  const id = await planned()
  await useCases.startBackfill({ id, actor: world.actor })
  return id
}

async function paused() {
  const id = await running()
  await useCases.pauseBackfill({ id, actor: world.actor })
  return id
}

async function stopped() {
  const canary = { contacts: 1 }
  const { id } = await useCases.planBackfill({
    filter: { kind: 'any', conditions: [] },
    actor: world.actor,
    reason,
    canary,
  })
  await useCases.startBackfill({ id, actor: world.actor })
  await workOn(world, id)
  return id
}

async function done() {
  const id = await running()
  await workOn(world, id)
  return id
}

async function mappings() {
  const text =
    'version: 1\ncrm: hubspot\nconnection: main\nobject: contacts\nmatch: [{ email: metadata.email }]\nfields: []\n'
  const parsed = parseMapping(text, 'audited.yaml')
  return 'mapping' in parsed ? [parsed.mapping] : []
}

async function contact() {
  const added = db.insertInto('contacts').values({ number: null }).returning('id')
  return (await added.executeTakeFirstOrThrow()).id
}

const draft = { agentId: 'agent_1', kind: 'call', actor } as const
const items = (name: string) => ({ post_call_analysis_data: [{ ...plan, name }] })

/** Each decision that changes something: how to come to it, the act itself, and what the audit calls it. */
const decisions: {
  action: string
  subject: string
  before?: () => Promise<number>
  act: (id: number) => Promise<unknown>
}[] = [
  {
    action: 'backfill.planned',
    subject: 'backfill',
    act: () => useCases.planBackfill({ filter: { kind: 'any', conditions: [] }, actor, reason }),
  },
  { action: 'run.backfill', subject: 'run', before: planned, act: (id) => useCases.startBackfill({ id, actor }) },
  {
    action: 'backfill.paused',
    subject: 'backfill',
    before: running,
    act: (id) => useCases.pauseBackfill({ id, actor }),
  },
  {
    action: 'backfill.resumed',
    subject: 'backfill',
    before: paused,
    act: (id) => useCases.resumeBackfill({ id, actor }),
  },
  {
    action: 'backfill.went_on',
    subject: 'backfill',
    before: stopped,
    act: (id) => useCases.goOnBackfill({ id, actor }),
  },
  {
    action: 'backfill.cancelled',
    subject: 'backfill',
    before: paused,
    act: (id) => useCases.cancelBackfill({ id, actor }),
  },
  { action: 'run.undo', subject: 'run', before: done, act: (id) => useCases.undoBackfill({ id, actor, reason }) },
  {
    action: 'run.rerun',
    subject: 'run',
    act: () => useCases.rerunConversation({ conversationId: 'call_1', actor, reason }),
  },
  {
    action: 'rerun.previewed',
    subject: 'conversation',
    act: () => useCases.previewRerun({ conversationId: 'call_1', actor, reason }),
  },
  {
    action: 'evaluation.started',
    subject: 'run',
    // A config that nobody has asked yet: a run begins only where the model is asked.
    before: async () => {
      await useCases.saveDraft({ ...draft, body: items('plan_chosen'), actor: world.actor })
      return 0
    },
    act: () => useCases.evaluateConfig({ labels: () => ['{"id":"call_1"}'], actor, reason }),
  },
  {
    action: 'analysis.kept',
    subject: 'conversation',
    act: () => useCases.keepAnalysis({ conversationId: 'call_1', number: 1, actor, reason }),
  },
  {
    action: 'field.corrected',
    subject: 'conversation',
    act: () => useCases.correctField({ conversationId: 'call_1', item: 'plan', value: 'Team', actor, reason }),
  },
  {
    action: 'run.undo',
    subject: 'run',
    act: () => useCases.withdrawCorrection({ conversationId: 'call_1', item: 'plan', actor, reason }),
  },
  {
    action: 'run.intake',
    subject: 'run',
    act: () =>
      useCases.importConversations({ lines: [JSON.stringify(heard('call_2'))], actor, reason, analyse: false }),
  },
  {
    action: 'run.deletion',
    subject: 'run',
    act: () => useCases.deleteConversation({ id: 'call_2', actor, reason }),
  },
  {
    action: 'conversations.settled',
    subject: 'run',
    before: async () => {
      await world.take(call({ id: 'call_3', at: '2020-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }))
      return 0
    },
    act: () => useCases.runRetention({ actor, reason }),
  },
  {
    action: 'contact.erased',
    subject: 'contact',
    before: async () => {
      await world.take(call({ id: 'call_4', at: '2025-04-10T10:00:00Z', number: '+12125550101', turns: ['Hello.'] }))
      return 0
    },
    act: () => useCases.eraseContact({ contact: '+12125550101', actor, reason }),
  },
  {
    action: 'mapping.activated',
    subject: 'mapping',
    act: async () => activateMappings({ db }, await mappings(), actor),
  },
  { action: 'mapping.removed', subject: 'mapping', act: () => activateMappings({ db }, [], actor) },
  {
    action: 'contact.edited',
    subject: 'contact',
    before: contact,
    act: (id) => useCases.editContact({ contact: `contact_${id}`, changes: { first_name: 'Zoë' }, actor, reason }),
  },
  { action: 'key.created', subject: 'key', act: () => useCases.createKey({ name: 'partner', actor }) },
  {
    action: 'key.limited',
    subject: 'key',
    act: () => useCases.limitKey({ name: 'partner', actor, limits: { usdPerDay: 1 } }),
  },
  { action: 'key.revoked', subject: 'key', act: () => useCases.revokeKey({ name: 'partner', actor }) },
  {
    action: 'agent.draft_changed',
    subject: 'agent',
    act: () => useCases.saveDraft({ ...draft, body: items('offer') }),
  },
  {
    action: 'agent.live_changed',
    subject: 'agent',
    act: () => useCases.setLive({ agentId: 'agent_1', live: 'ours', actor }),
  },
  { action: 'agent.published', subject: 'agent', act: () => useCases.publishVersion({ agentId: 'agent_1', actor }) },
  { action: 'agent.version_added', subject: 'agent', act: () => useCases.createVersion({ agentId: 'agent_1', actor }) },
]

/** Does something while nobody can write into the audit. */
async function withoutAudit(act: () => Promise<unknown>): Promise<unknown> {
  await sql`create trigger full_audit before insert on audit_entries execute function refuse()`.execute(db)
  try {
    return await act()
  } finally {
    await sql`drop trigger full_audit on audit_entries`.execute(db)
  }
}

function newestEntry() {
  const entries = db.selectFrom('audit_entries').selectAll().where('actor', '=', actorLabel(actor))
  return entries.orderBy('id', 'desc').executeTakeFirst()
}

describe('a decision that changes something is audited in its own transaction', () => {
  test.for(decisions)('$action', async ({ action, subject, before, act }) => {
    const id = (await before?.()) ?? 0
    const prints = await fingerprints(db)
    await expect(withoutAudit(() => act(id))).rejects.toThrow('the audit is full')
    expect(await fingerprints(db)).toEqual(prints)

    await act(id)
    const entry = await newestEntry()
    expect(entry).toMatchObject({ action, subject_kind: subject, actor: 'key:Zoë "ops"' })
    expect(entry?.subject_id).not.toBe('')
  })
})

test('a run is audited with its id and its reason, whatever that says', async () => {
  const { runId } = await useCases.rerunConversation({ conversationId: 'call_1', actor, reason })
  expect(await newestEntry()).toMatchObject({ run_id: runId, subject_id: String(runId), after: { reason } })
})

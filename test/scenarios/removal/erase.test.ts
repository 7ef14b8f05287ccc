import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { withLock } from '../../../src/db/index.ts'
import { kinds } from '../../support/accounts/account.ts'
import { backfill } from '../../support/backfills.ts'
import { call, chat } from '../../support/conversations.ts'
import { ask, goal, plan } from '../../support/items.ts'
import { mappingFor } from '../../support/mappings.ts'
import { markAll } from '../../support/pushes.ts'
import { numberField, rowsWritten, textField } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

// ENGINE.md section 6, scenario 6: erase, then the same webhook again.
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind], { settings: { AFTERWORD_RETENTION_DAYS: '500' } })
  const { account, useCases, actor, db } = world
  account.defineProperties([textField('plan_wanted'), textField('customer_goal'), numberField('plans_named')])
  const fields = [
    { from: 'plan', to: 'plan_wanted' },
    { from: 'goal', to: 'customer_goal' },
    { from: 'plan', field: 'named', to: 'plans_named', mode: 'count' },
  ]
  const steps = [
    { number: { of: ['from_or_to', 'metadata.phone_number'], in: ['phone', 'mobilephone'].map(account.nameOf) } },
    { email: 'metadata.email' },
  ]
  const imported = { first_name: account.nameOf('firstname'), last_name: account.nameOf('lastname') }
  await world.useMapping(JSON.stringify({ ...JSON.parse(mappingFor(account, fields, steps)), import: imported }))
  await ask(world, plan, goal(6))
  const longAgo = '2025-01-15T09:00:00Z'
  const marker = 'Zyxwvut'
  let people = 0

  /** Somebody whose name, e-mail and words bear the marker: a call, a chat, and a web call that only the e-mail tells of. */
  async function marked(more: Record<string, string> = {}) {
    people += 1
    const number = `+121255502${String(people).padStart(2, '0')}`
    const email = `${marker.toLowerCase()}${people}@example.com`
    const properties = { phone: number, email, firstname: 'Ann', lastname: `${marker}${people}`, ...more }
    const [id = ''] = account.createContacts([{ properties, at: longAgo }])
    await world.importCrm()
    const turns = ['I want the Pro plan.', 'Good.', `My goal is ${marker} everywhere.`]
    const web = call({ id: `web${people}`, at: '2026-09-12T10:00:00Z', turns })
    const conversations = [
      call({ id: `old${people}`, at: '2025-04-10T10:00:00Z', number, turns }),
      call({ id: `call${people}`, at: '2026-09-10T10:00:00Z', number, turns }),
      chat({ id: `chat${people}`, at: '2026-09-11T10:00:00Z', number, turns }),
      { ...web, metadata: { email } },
    ]
    await world.take(...conversations)
    await backfill(world, ...['old', 'call', 'chat', 'web'].map((name) => `${name}${people}`))
    return { id, number, email, properties, conversations }
  }

  const erase = (contact: string) => useCases.eraseContact({ contact, actor, reason: 'asked for by post' })
  const report = (...objects: object[]) =>
    useCases.importConversations({
      lines: objects.map((one) => JSON.stringify(one)),
      actor,
      reason: 'test',
      analyse: false,
    })

  /** The tables that hold any of these texts somewhere, whatever the case; those of the queue too. */
  async function tablesWith(...texts: string[]): Promise<string[]> {
    const tables = await sql<{ schema: string; name: string }>`
      select table_schema as schema, table_name as name from information_schema.tables
      where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE' order by 1, 2`.execute(db)
    const holding = await Promise.all(
      tables.rows.map(async ({ schema, name }) => {
        const { rows } = await sql<{ count: number }>`
          select count(*)::int as count from ${sql.table(`${schema}.${name}`)} as row
          where exists (select from unnest(${texts}::text[]) as text where strpos(lower(row::text), lower(text)) > 0)`.execute(
          db,
        )
        return (rows[0]?.count ?? 0) > 0 ? [name] : []
      }),
    )
    return holding.flat()
  }

  test('nothing of the person is left in any table, and neither webhook nor import brings anything back', async () => {
    const { id, number, email, properties, conversations } = await marked()
    await useCases.runRetention({ actor, reason: 'test' })
    account.edit({ id, properties: { plan_wanted: `${marker} typed` }, as: 'person' })
    await markAll(world)
    await world.push()
    const traces = [marker, number, email]
    expect(await tablesWith(...traces)).toEqual(
      expect.arrayContaining(['contacts', 'crm_record_keys', 'field_events', 'ledger', 'transcripts']),
    )
    const held = world.held(id)

    expect(await erase(number)).toMatchObject({ conversations: 3, records: 1, shared: 0 })
    expect(await tablesWith(...traces)).toEqual([])
    expect(await report(...conversations)).toMatchObject({ runId: null, stored: 0, dropped: 4 })
    const another = call({ id: 'another', at: '2026-10-01T10:00:00Z', number, turns: [`${marker}, who else?`] })
    const byMail = {
      ...call({ id: 'by_mail', at: '2026-10-02T10:00:00Z', turns: [`${marker} again`] }),
      metadata: { email },
    }
    expect(await report(another, byMail)).toMatchObject({ stored: 0, dropped: 2 })
    await world.importCrm()
    // The CRM is left alone, and makes a second record of the same person.
    expect(world.held(id)).toEqual(held)
    account.createContacts([{ properties: { ...properties, email: `${marker}.new@example.com` }, at: longAgo }])
    await world.importCrm()
    await world.push()
    expect(
      await tablesWith(marker, number, email).then((tables) => tables.filter((name) => name !== 'crm_record_keys')),
    ).toEqual([])
    await expect(erase(number)).rejects.toMatchObject({ code: 'contact.not_found' })
  })

  test('on a record that others share the cells are forgotten: what the CRM holds is their base from then on', async () => {
    people += 1
    const [mine, other] = [`+12125550299`, `+12125550298`]
    const properties = { phone: mine, mobilephone: other, firstname: 'The', lastname: 'Office' }
    const [id = ''] = account.createContacts([{ properties, at: longAgo }])
    await world.importCrm()
    const turns = (name: string) => [`I want the ${name} plan.`, 'Good.', `My goal is ${marker} everywhere.`]
    await world.take(
      call({ id: 'theirs', at: '2026-08-01T10:00:00Z', number: other, turns: turns('Basic') }),
      call({ id: 'mine', at: '2026-08-02T10:00:00Z', number: mine, turns: turns('Team') }),
    )
    await backfill(world, 'theirs', 'mine')
    const before = world.held(id)
    expect(before).toMatchObject({ plan_wanted: 'Team' })
    expect(await erase(mine)).toMatchObject({ conversations: 1, records: 0, shared: 1 })
    expect(await tablesWith(mine)).toEqual([])
    const rows = rowsWritten(world)
    await world.push()
    await markAll(world)
    await world.push()
    expect([rowsWritten(world) - rows, world.held(id)]).toEqual([0, before])
    expect(await tablesWith(mine)).toEqual([])
    const { records } = await useCases.explainField({ contact: other, field: account.nameOf('plan_wanted') })
    expect(records[0]?.timeline).toMatchObject([
      { kind: 'said', value: 'Basic', decides: false },
      { kind: 'base', value: 'Team', decides: true },
    ])
    // What is said and typed later is none of the base's business.
    await world.take(
      call({ id: 'later', at: new Date(Date.now() - 1_000).toISOString(), number: other, turns: turns('Pro') }),
    )
    await sql`update conversations set spoken_at = now() where id = 'later'`.execute(db)
    await world.rerun('later')
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
    // Salesforce tells times to the second.
    const soon = new Date(Date.now() + 2_000).toISOString()
    account.edit({ id, properties: { plan_wanted: 'Typed' }, as: 'person', at: soon })
    await markAll(world)
    await world.push()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Typed' })
    await world.importCrm()
    expect(await tablesWith(mine)).toEqual([])
  })

  test('an erasure that fails on its way has erased nothing', async () => {
    const { number } = await marked()
    const before = await tablesWith(marker, number)
    await sql`create function fail_here() returns trigger language plpgsql as $$ begin raise exception 'halfway'; end $$`.execute(
      db,
    )
    for (const table of ['contacts', 'crm_records', 'forgotten', 'ledger', 'audit_entries']) {
      const event = table === 'forgotten' || table === 'audit_entries' ? 'insert' : 'delete'
      await sql`create trigger fail_here after ${sql.raw(event)} on ${sql.table(table)} for each statement execute function fail_here()`.execute(
        db,
      )
      if (table !== 'ledger') await expect(erase(number)).rejects.toThrow('halfway')
      await sql`drop trigger fail_here on ${sql.table(table)}`.execute(db)
      expect(await tablesWith(marker, number)).toEqual(before)
    }
    expect(await erase(number)).toMatchObject({ conversations: 4 })
    expect(await tablesWith(number)).toEqual([])
  })

  test('waits for a push that is under way, which might write down what it has read', async () => {
    const { number } = await marked()
    let isOver = false
    const pushing = withLock(db, 'sync.push:main', async () => {
      await sleep(500)
      isOver = true
    })
    await sleep(100)
    await erase(number)
    expect(isOver).toBe(true)
    await pushing
  })

  test('is audited without a name, and cannot be undone', async () => {
    const { number } = await marked()
    const { runId } = await erase(number)
    const entry = db
      .selectFrom('audit_entries')
      .selectAll()
      .where('action', '=', 'contact.erased')
      .where('run_id', '=', runId)
    expect(await entry.executeTakeFirstOrThrow()).toMatchObject({
      subject_id: expect.stringMatching(/^contact_\d+$/),
      after: { conversations: 4, records: 1, shared: 0 },
    })
    await expect(useCases.undoRun({ runId, actor, reason: 'test' })).rejects.toMatchObject({ code: 'run.final' })
  })
})

import { type KyselyPlugin, RawNode, sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { saveStop } from '../../src/crm/stops/store.ts'
import { recentlyWritten } from '../../src/sync/inspect/store.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { numberField, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorldOn(['hubspot', 'salesforce'])
const { hubspot, salesforce, accounts } = world
const { run } = openCli(world)
const number = '+14155550132'
const rule = { from: 'plan', to: 'plan_wanted' }

for (const account of accounts) account.defineProperties([textField('plan_wanted'), numberField('plan_size')])
await ask(world, plan)
await useRules(world, rule)
for (const account of accounts) account.createContacts([{ properties: { phone: number } }])
await world.importCrm()
await world.take(call({ id: 'c1', at: new Date().toISOString(), number, turns: ['I want the Pro plan.'] }))
await world.rerun('c1')

beforeEach(() => {
  hubspot.configure({
    scopes: ['crm.objects.contacts', 'crm.schemas.contacts'].flatMap((each) => [`${each}.read`, `${each}.write`]),
    dailyLimit: 625_000,
  })
  hubspot.endFaults()
  salesforce.configure({ historyOff: [], logins: 'accepted', dailyLimit: 100_000 })
})

/** Each finding as `verdict what: found`, with its advice behind it. */
async function doctor(connection: string) {
  const { code, out } = await run('crm', 'doctor', connection)
  const lines = out.split('\n').slice(2)
  return { code, lines, text: lines.join('\n') }
}

describe('an account that is as its mappings need it', () => {
  test('is right in every line, of HubSpot', async () => {
    const { code, lines } = await doctor('main')
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['ok', 'main', 'credentials', 'hubspot account 44237313, time zone America/New_York'],
      ['ok', 'main', 'scopes', 'crm.objects.contacts.read, crm.schemas.contacts.read, crm.objects.contacts.write'],
      ['ok', 'main', 'burst limit', '19000 of the 19000 calls in ten seconds that HubSpot allows this app'],
      ['ok', 'main', 'daily limit', expect.stringMatching(/^6249\d\d of 625000 calls left until 20.+Z, for all/)],
      ['ok', 'main', 'contacts fields', '3 there and fit contacts'],
      ['ok', 'main', 'contacts field history', 'kept of all 1 fields written'],
      [
        'ok',
        'main',
        'contacts other writers',
        'nobody but us set these fields in the last 30 days, of 1 records we wrote last',
      ],
    ])
    expect(code).toBe(0)
  })

  test('and of Salesforce', async () => {
    const { code, lines } = await doctor('salesforce')
    expect(lines.map((line) => line.trim().split(/ {2,}/).slice(0, 4))).toEqual([
      [
        'ok',
        'salesforce',
        'credentials',
        expect.stringMatching(/^salesforce account 00D\w+, time zone America\/Los_Angeles$/),
      ],
      ['ok', 'salesforce', 'Contact permissions', 'our user may read and edit'],
      [
        'ok',
        'salesforce',
        'daily limit',
        expect.stringMatching(/^99\d+ of 100000 calls in 24 hours left, Enterprise Edition$/),
      ],
      ['ok', 'salesforce', 'Contact fields', '3 there and fit contacts_2'],
      ['ok', 'salesforce', 'Contact field history', 'kept of all 1 fields written'],
      ['ok', 'salesforce', 'Contact other writers', expect.stringContaining('nobody but us')],
    ])
    expect(code).toBe(0)
  })
})

describe('what is wrong is said with what to do, and exits 1', () => {
  test('a scope that the app lacks, by its name, from its own list and from the 403', async () => {
    hubspot.configure({ scopes: ['crm.objects.contacts.read', 'crm.schemas.contacts.read'] })
    const lacksWrite = await doctor('main')
    expect(lacksWrite.code).toBe(1)
    expect(lacksWrite.text).toMatch(/WRONG +main +scopes +the app lacks crm\.objects\.contacts\.write\n +→ Settings → /)
    hubspot.configure({ scopes: ['crm.objects.contacts.read', 'crm.objects.contacts.write'] })
    const lacksSchema = await doctor('main')
    expect(lacksSchema.text).toMatch(
      /WRONG .* contacts fields .*lacks a scope \(403\): it needs crm\.schemas\.contacts\.read;/,
    )
  })

  test('credentials that are refused: nothing else is asked', async () => {
    hubspot.addFault({ operation: '*', kind: 'status', status: 401, times: 9 })
    const { code, lines } = await doctor('main')
    expect([code, lines.length]).toEqual([1, 1])
    expect(lines[0]).toMatch(/^WRONG +main +credentials +connection main: HubSpot refuses the token \(401\)/)
  })

  test('imports that stand still: the command that has them go on', async () => {
    const why = 'refused in a test'
    await saveStop(world.db, { connection: 'main', work: 'import', code: 'crm.credentials', why })
    const still = / +main +imports +stand still since .*: refused in a test\n +→ /
    const taken = await doctor('main')
    expect(taken.text).toMatch(new RegExp(`warning${still.source}it is asked again by the next import, now by `))
    expect(taken.text).toMatch(/now by afterword crm import main$/m)
    hubspot.addFault({ operation: '*', kind: 'status', status: 401, times: 9 })
    const refused = await doctor('main')
    expect(refused.text).toMatch(
      new RegExp(`WRONG${still.source}mend that; it is asked again by the next import after 20`),
    )
    expect(refused.text).toMatch(/at once by afterword crm import main$/m)
    hubspot.endFaults()
    expect((await run('crm', 'import', 'main')).code).toBe(0)
    expect((await doctor('main')).text).not.toContain('stand still')
  })

  test('a field that is not there, one of another type', async () => {
    await useRules(
      world,
      rule,
      { from: 'plan', to: 'plan_wnted', field: 'b' },
      { from: 'plan', to: 'plan_size', field: 'c' },
    )
    for (const [connection, missing, size] of [
      ['main', 'plan_wnted', 'plan_size'],
      ['salesforce', 'Plan_Wnted__c', 'Plan_Size__c'],
    ] as const) {
      const { code, text } = await doctor(connection)
      expect(code).toBe(1)
      expect(text).toMatch(new RegExp(`WRONG .* contacts.*yaml:1 "${missing}" is no field of .*; did you mean "`))
      expect(text).toMatch(
        new RegExp(`WRONG .* contacts.*yaml:1 "${size}" does not take "Basic", "Pro", "Team" of item plan`),
      )
      expect(text).not.toMatch(/there and fit/)
    }
    await useRules(world, rule)
  })

  test('a day without calls', async () => {
    salesforce.configure({ dailyLimit: 1 })
    expect((await doctor('salesforce')).text).toMatch(/WRONG +salesforce +\S.*calls of the last 24 hours are used up/)
    const [, left = '0'] = /(\d+) of 625000 calls left/.exec((await doctor('main')).text) ?? []
    // As many as the calls before this one takes.
    hubspot.configure({ dailyLimit: 625_000 - Number(left) + 8 })
    expect((await doctor('main')).text).toMatch(
      /warning +main +daily limit +\d of \d+ calls left.*\n +→ start no large/,
    )
  })

  test('an app that HubSpot allows less than the settings', async () => {
    hubspot.configure({ rateScale: 50 })
    // Half of the answers tell it.
    const isTold = expect.poll(async () => (await doctor('main')).text, { timeout: 10_000 })
    await isTold.toMatch(/warning .* HubSpot allows 9500 .*: 9500 are made\n +→ set PER_TEN_SECONDS to 9500/)
    hubspot.configure({ rateScale: 100 })
  })
})

describe('what is worth knowing', () => {
  test('fields without history, and what that costs', async () => {
    salesforce.defineFields('Contact', [{ name: 'Untracked__c', kind: 'text', trackHistory: false }])
    await useRules(world, rule, { from: 'call_summary', to: 'untracked' })
    const { text, code } = await doctor('salesforce')
    expect(text).toMatch(/warning +salesforce +Contact field history +none of Untracked__c: who changed such a field/)
    expect(text).toMatch(/→ Setup → Object Manager → Contact → .*Set History Tracking/)
    expect(text).toMatch(/warning .* "Untracked__c" holds 255 characters: longer text is cut\n +→ max_length: 255/)
    expect(code).toBe(0)
    await useRules(world, rule)
  })

  test('who else sets our fields, machines one by one and people together', async () => {
    for (const account of accounts) {
      const [{ id } = { id: '' }] = account.contacts()
      const { nameOf } = account
      for (const [as, value] of [
        ['app', 'x'],
        ['app', 'y'],
        ['person', 'z'],
      ] as const)
        account.edit({ id, properties: { plan_wanted: value }, as })
      const { text, code } = await doctor(account.connection)
      const field = nameOf('plan_wanted')
      expect(text).toMatch(
        new RegExp(
          `warning .* an automation or another app \\(.+\\) set ${field} 2 times in the last 30 days, on 1 of 1 records`,
        ),
      )
      expect(text).toMatch(new RegExp(`ok .* people set ${field} once in the last 30 days`))
      expect(code).toBe(0)
    }
  })

  test('and the writes of others or of long ago are not walked through for that', async () => {
    let told = ''
    const explaining: KyselyPlugin = {
      transformQuery: ({ node }) => RawNode.create(['explain ', ''], [node]),
      transformResult: async ({ result }) => {
        told = JSON.stringify(result.rows)
        return { ...result, rows: [] }
      },
    }
    await world.db.transaction().execute(async (trx) => {
      // A small table is read whole, whatever indexes it has.
      await sql`set local enable_seqscan = off`.execute(trx)
      const window = { days: 30, most: 100 }
      await recentlyWritten(trx.withPlugin(explaining), { connection: 'main', object: 'contacts' }, window)
    })
    expect(told).toMatch(/Index Cond: \(\(connection = [^"]+ AND \(answered_at > /)
    expect(told).not.toContain('Sort Key: ledger.answered_at')
  })

  test('that a user with few permissions does not see the day’s calls: all else is told, and no credentials are wrong', async () => {
    salesforce.addFault({ operation: 'limits', kind: 'status', status: 403 })
    const { text, code } = await doctor('salesforce')
    expect(text).toMatch(/ok +salesforce +Contact permissions +our user may read and edit/)
    expect(text).toMatch(/warning +salesforce +daily limit +Salesforce does not tell .*\n +→ .*View Setup and Config/)
    expect(code).toBe(0)
  })

  test('a connection that is none', async () => {
    expect(await run('crm', 'doctor', 'nowhere')).toMatchObject({
      code: 1,
      err: 'error: there is no connection nowhere',
    })
  })
})

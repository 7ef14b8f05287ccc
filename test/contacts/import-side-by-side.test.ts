import { afterAll, expect, test } from 'vitest'
import { ensureContacts, importConnection } from '../../src/contacts/index.ts'
import { transact } from '../../src/db/index.ts'
import { activeMappings } from '../../src/sync/index.ts'
import { useRules } from '../support/mappings.ts'
import { textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const people = 400
const world = await createWorldOn(['hubspot', 'salesforce'], { atEnd: afterAll })
const { db, crms, log, next } = world
const numbers = Array.from(
  { length: people },
  (_, person) => `+1212${200 + Math.floor(person / 100)}01${String(person % 100).padStart(2, '0')}`,
)

function importFrom(connection: string) {
  const crm = crms.get(connection)
  if (!crm) throw new Error(`no connection ${connection}`)
  return activeMappings(db).then(async (mappings) => {
    await importConnection({ db, crm, log, now: () => new Date(), next }, { mappings, isFull: true })
  })
}

test('the same people in two CRMs, imported side by side and twice at once, are in nobody’s way', async () => {
  for (const account of world.accounts) account.defineProperties([textField('plan_wanted')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' })
  // Known from their calls already, so that every page finds its contacts there.
  await transact(db, (trx) => ensureContacts(trx, numbers))
  for (const [place, account] of world.accounts.entries()) {
    const inOrder = place === 0 ? numbers : numbers.toReversed()
    account.createContacts(inOrder.map((phone) => ({ properties: { phone, firstname: account.connection } })))
  }
  const connections = world.accounts.map(({ connection }) => connection)
  for (let round = 0; round < 3; round += 1) await Promise.all([...connections, ...connections].map(importFrom))
  const { contacts } = await db
    .selectFrom('contacts')
    .select((eb) => eb.fn.countAll<number>().as('contacts'))
    .executeTakeFirstOrThrow()
  expect(contacts).toBe(people)
})

import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { call } from '../../support/conversations.ts'
import { ask, goal } from '../../support/items.ts'
import { useRules } from '../../support/mappings.ts'
import { addContact, longTextField } from '../../support/records.ts'
import { createWorld } from '../../support/world.ts'

// ENGINE.md section 4: a text "is removed with the last stretch that uses it".
const world = await createWorld()
const { db } = world
world.hubspot.defineProperties([longTextField('customer_goal')])
await useRules(world, { from: 'goal', to: 'customer_goal', mode: 'merge' })
await ask(world, goal(20))

/** A contact whose two calls say "a" and "b", and what was made of them. */
async function merged(number: string, a: string, b: string) {
  await addContact(world, { properties: { phone: number } })
  const ids = [`${number} a`, `${number} b`]
  await world.take(
    call({ id: `${number} a`, at: '2025-02-10T10:00:00Z', number, turns: [`My goal is ${a}.`] }),
    call({ id: `${number} b`, at: '2025-03-10T10:00:00Z', number, turns: [`My goal is ${b}.`] }),
  )
  for (const id of ids) await world.rerun(id)
  return `My goal is ${a}\nMy goal is ${b}`
}

async function isKept(text: string): Promise<boolean> {
  return (await db.selectFrom('merges').select('hash').where('text', '=', text).execute()).length === 1
}

async function forget(conversationId: string): Promise<void> {
  await db.deleteFrom('conversations').where('id', '=', conversationId).execute()
}

test('a text goes with any conversation whose words are in it', async () => {
  const text = await merged('+12125553101', 'a house', 'a garden')
  expect(await isKept(text)).toBe(true)
  await forget('+12125553101 a')
  expect(await isKept(text)).toBe(false)
  expect(await db.selectFrom('stretches').selectAll().execute()).toEqual([])
})

test('and with the record that it was made for', async () => {
  const text = await merged('+12125553102', 'a boat', 'a lake')
  await sql`delete from crm_records where id in (select max(id) from crm_records where connection = 'main')`.execute(db)
  expect(await isKept(text)).toBe(false)
})

test('what two contacts have said in the same words stays until both are gone', async () => {
  const text = await merged('+12125553103', 'a "quiet" place', 'a desk')
  expect(await merged('+12125553104', 'a "quiet" place', 'a desk')).toBe(text)
  await forget('+12125553103 b')
  expect(await isKept(text)).toBe(true)
  await forget('+12125553104 a')
  expect(await isKept(text)).toBe(false)
})

test('a conversation that is taken out of a stretch, as retention does, leaves the text there', async () => {
  const id = '+12125553105 a'
  const text = await merged('+12125553105', 'a farm', 'a cow')
  await sql`update stretches set conversations = array_remove(conversations, ${id}) where conversations @> array[${id}]`.execute(
    db,
  )
  await forget(id)
  expect(await isKept(text)).toBe(true)
  await forget('+12125553105 b')
  expect(await isKept(text)).toBe(false)
})

test('a conversation that is deleted while its words are merged leaves no text behind', async () => {
  const number = '+12125553106'
  await addContact(world, { properties: { phone: number } })
  const say = (id: string, at: string, what: string) => call({ id, at, number, turns: [`My goal is ${what}.`] })
  await world.take(say('c1', '2025-02-10T10:00:00Z', 'a train'), say('c2', '2025-03-10T10:00:00Z', 'a ticket'))
  await world.rerun('c1')
  await world.useCases.rerunConversation({ conversationId: 'c2', actor: world.actor, reason: 'test' })
  world.models.admin.set({ latencyMs: 400 })
  const before = world.models.admin.state().requests
  const pushing = world.push()
  await expect.poll(() => world.models.admin.state().requests, { interval: 5 }).toBe(before + 1)
  await forget('c1')
  await pushing
  world.models.admin.set({ latencyMs: 0 })
  await world.push()
  expect(await isKept('My goal is a train\nMy goal is a ticket')).toBe(false)
  const [contact] = world.account.contacts().filter(({ properties }) => properties.phone === number)
  expect(contact?.properties.customer_goal).toBe('My goal is a ticket')
})

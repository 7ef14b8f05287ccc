import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { removeDeleted, runRetention } from '../../../src/sync/index.ts'
import { kinds } from '../../support/accounts/account.ts'
import { activityCalls, defineKey, loggedOf, useActivities } from '../../support/activities.ts'
import { call } from '../../support/conversations.ts'
import { markAll } from '../../support/pushes.ts'
import { addContact } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

const at = '2026-04-10T10:00:00Z'
const day = 86_400_000

describe.each(kinds)('what a conversation logged on %s follows', async (kind) => {
  const world = await createWorldOn([kind], { settings: { AFTERWORD_RETENTION_DAYS: '1' } })
  defineKey(world)
  await useActivities(world)
  const { db, useCases, actor, hubspot, salesforce, account } = world
  let people = 100

  async function logs(id: string) {
    const number = `+12125550${people++}`
    const contact = await addContact(world, { properties: { phone: number } })
    await world.take(call({ id, at, number, turns: ['I want a table for two at the window.', 'It is booked.'] }))
    const { runId } = await world.rerun(id)
    const [first] = loggedOf(world, id)
    if (!first) throw new Error(`${id} is not logged`)
    return { number, contact, runId, first }
  }

  async function reruns(id: string, prompt: string) {
    const body = { analysis_summary_prompt: prompt }
    await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body, actor })
    return (await world.rerun(id)).runId
  }

  async function undo(runId: number) {
    const undone = await useCases.undoRun({ runId, actor, reason: 'test' })
    await world.push()
    return undone.runId
  }

  const only = (id: string) => {
    const [one, ...others] = loggedOf(world, id)
    expect(others).toEqual([])
    return one
  }

  test('the summary: an undo brings the earlier text back, its undo the later, that of the first run none', async () => {
    const { runId, first } = await logs('call_undo')
    const second = await reruns('call_undo', 'Summarise the call in 4 words.')
    const later = only('call_undo')
    expect(later?.body).not.toBe(first.body)
    const undone = await undo(second)
    expect(only('call_undo')).toMatchObject({ id: first.id, body: first.body })
    await undo(undone)
    expect(only('call_undo')).toMatchObject({ id: first.id, body: later?.body })
    await undo(second)
    await undo(runId)
    const bare = only('call_undo')
    expect(bare).toMatchObject({ id: first.id, contacts: first.contacts })
    expect(bare?.body).not.toContain('table')
    expect(bare?.body).toContain('/v1/conversations/call_undo')
  })

  test('a correction by a person', async () => {
    const { first } = await logs('call_fix')
    const value = 'Booked & <paid>.'
    await useCases.correctField({ conversationId: 'call_fix', item: 'call_summary', value, actor, reason: 'test' })
    await world.push()
    expect(only('call_fix')).toMatchObject({ id: first.id })
    expect(only('call_fix')?.body).toContain(kind === 'hubspot' ? 'Booked &amp; &lt;paid&gt;.' : value)
  })

  test('its link: moved to another record, to nobody, and back', async () => {
    const { contact, first } = await logs('call_move')
    const other = await addContact(world, { properties: { phone: `+12125550${people++}` } })
    const moved = { conversationId: 'call_move', actor, reason: 'test' }
    await useCases.resolveMatch({ ...moved, record: other })
    await world.push()
    expect(only('call_move')).toMatchObject({ id: first.id, contacts: [other] })
    await useCases.resolveMatch({ ...moved, record: null })
    await world.push()
    expect(only('call_move')).toBeUndefined()
    await useCases.resolveMatch({ ...moved, record: contact })
    await world.push()
    expect(only('call_move')).toMatchObject({ contacts: [contact] })
  })

  test('a merge of its record, without being written again', async () => {
    const { contact, first } = await logs('call_merge')
    const other = await addContact(world, { properties: { phone: `+12125550${people++}` } })
    const survivor = await merge(other, contact)
    const before = activityCalls(world)
    await markAll(world)
    await world.push()
    await markAll(world)
    await world.push()
    expect(only('call_merge')).toMatchObject({ id: first.id, contacts: [survivor] })
    expect(activityCalls(world)).toBe(before)
    await reruns('call_merge', 'Summarise the call in 5 words.')
    expect(only('call_merge')).toMatchObject({ id: first.id, contacts: [survivor] })
  })

  async function merge(winnerId: string, loserId: string): Promise<string> {
    if (kind === 'salesforce') {
      salesforce.merge({ object: 'Contact', winnerId, loserId })
      return winnerId
    }
    const answer = await fetch(`${hubspot.url}/crm/v3/objects/contacts/merge`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-hubspot', 'content-type': 'application/json' },
      body: JSON.stringify({ primaryObjectId: winnerId, objectIdToMerge: loserId }),
    })
    return z.object({ id: z.string() }).parse(await answer.json()).id
  }

  test('its deletion, and the undo of that', async () => {
    const { contact } = await logs('call_gone')
    const deleted = await useCases.deleteConversation({ id: 'call_gone', actor, reason: 'test' })
    await world.push()
    expect(only('call_gone')).toBeUndefined()
    await undo(deleted.runId ?? 0)
    expect(only('call_gone')).toMatchObject({ contacts: [contact] })
  })

  test('its removal for good, also where the CRM was away until the grace was over', async () => {
    await logs('call_late')
    account.fail('any', 'error', 200)
    await useCases.deleteConversation({ id: 'call_late', actor, reason: 'test' })
    await expect(world.push()).rejects.toMatchObject({ code: 'crm.unreachable' })
    await removeDeleted({ ...world, now: () => new Date(Date.now() + 400 * day) })
    account.recover()
    expect(only('call_late')).toBeDefined()
    await world.push()
    expect(only('call_late')).toBeUndefined()
    expect(await db.selectFrom('activities').select('id').where('key', '=', 'call_late').execute()).toEqual([])
  })

  test('neither retention nor an erasure: they leave it as it is, and forget it', async () => {
    const { number, first } = await logs('call_erased')
    const kept = await logs('call_kept')
    await useCases.eraseContact({ contact: number, actor, reason: 'test' })
    await runRetention({ ...world, now: () => new Date(), retentionDays: 1 }, { actor, reason: 'test' })
    expect(
      await db.selectFrom('conversations').select('id').where('id', 'in', ['call_erased', 'call_kept']).execute(),
    ).toEqual([])
    await markAll(world)
    await world.push()
    expect(only('call_erased')).toEqual(first)
    expect(only('call_kept')).toEqual(kept.first)
    expect(await db.selectFrom('activities').select('id').execute()).toEqual([])
  })

  const onSalesforce = test.runIf(kind === 'salesforce')
  onSalesforce('its record being deleted with all that hangs on it: on the next one it is made anew', async () => {
    const { number, contact, first } = await logs('call_again')
    salesforce.remove({ object: 'Contact', id: contact })
    salesforce.remove({ object: 'Task', id: first.id })
    await markAll(world)
    await world.push()
    const other = await addContact(world, { properties: { phone: number } })
    await world.push()
    await world.push()
    expect(only('call_again')).toMatchObject({ contacts: [other] })
  })

  test('who removes it in the CRM: it is not made again', async () => {
    const { first } = await logs('call_unwanted')
    if (kind === 'hubspot') hubspot.removeActivity({ id: first.id })
    else salesforce.remove({ object: 'Task', id: first.id })
    await reruns('call_unwanted', 'Summarise the call in 6 words.')
    expect(only('call_unwanted')).toBeUndefined()
    const before = activityCalls(world)
    await reruns('call_unwanted', 'Summarise the call in 7 words.')
    expect(activityCalls(world)).toBe(before)
  })
})

import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { call, chat } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, numberField, rowsWritten, textField } from '../support/records.ts'
import { askTooMuch, both, to } from '../support/transfers.ts'
import { createWorldOn } from '../support/world.ts'

/** ENGINE.md section 6, scenario 11. */
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { account, actor, models, useCases } = world
  account.defineProperties([textField('plan_wanted'), textField('last_call_summary'), numberField('budget_usd')])
  await useRules(
    world,
    { from: 'plan', to: 'plan_wanted' },
    { from: 'call_summary', to: 'last_call_summary' },
    { from: 'budget', to: 'budget_usd' },
  )
  await ask(world, plan)

  const ended = (number: string) =>
    call({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.', 'Good.'] })
  const analyzed = (number: string, more: object = {}) => ({
    ...ended(number),
    call_analysis: {
      call_summary: `Zoë "${number}" \\ 👋`,
      in_voicemail: false,
      user_sentiment: 'Positive',
      call_successful: true,
      custom_analysis_data: { plan: 'Team', budget: 0, company: '' },
    },
    ...more,
  })

  async function takeIn(...objects: object[]) {
    const lines = objects.map((object) => JSON.stringify(object))
    const report = await useCases.importConversations({
      lines,
      actor,
      reason: 'test',
      analyse: false,
      useVendors: true,
    })
    await world.push()
    return report
  }

  async function contact(number: string) {
    const id = await addContact(world, { properties: { phone: number } })
    return () => world.held(id)
  }

  const requests = () => models.admin.state().requests

  test('a hundred pairs of events are no model call, and every field holds what the vendor found', async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => `+1212555${1000 + index}`)
    account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
    await world.importCrm()
    const asked = requests()
    await takeIn(...numbers.map(ended))
    await takeIn(...numbers.map((number) => analyzed(number)))
    expect(requests()).toBe(asked)
    const held = new Map(account.contacts().map(({ properties }) => [properties.phone, properties]))
    for (const number of numbers) {
      expect(held.get(number)).toMatchObject({
        plan_wanted: 'Team',
        last_call_summary: `Zoë "${number}" \\ 👋`,
        budget_usd: '0',
      })
    }
    const [analysis] = await useCases.listAnalyses(numbers[0] ?? '')
    expect(analysis).toMatchObject({ number: 1, model: 'vendor', current: true, sentiment: 'Positive', costUsd: 0 })
    expect(analysis?.fields.company).toMatchObject({ status: 'not_mentioned', value: null })
    expect(analysis?.fields).not.toHaveProperty('in_voicemail')
  })

  test('redelivered after a rerun, as it was or changed, it changes nothing; undone, the vendor is heard again', async () => {
    const number = '+12125552001'
    const held = await contact(number)
    await takeIn(ended(number))
    await takeIn(analyzed(number))
    expect(held()).toMatchObject({ plan_wanted: 'Team' })
    const { runId } = await world.rerun(number)
    expect(held()).toMatchObject({ plan_wanted: 'Pro' })
    const rows = rowsWritten(world)
    expect(await takeIn(analyzed(number))).toMatchObject({ unchanged: 1, runId: null })
    expect(await takeIn(analyzed(number, { recording_url: 'https://vendor/again' }))).toMatchObject({ changed: 1 })
    expect(await takeIn(ended(number), analyzed(number))).toMatchObject({ changed: 2 })
    expect(rowsWritten(world)).toBe(rows)
    expect(held()).toMatchObject({ plan_wanted: 'Pro' })
    expect((await useCases.listAnalyses(number)).map(({ model, current }) => [model, current])).toEqual([
      ['vendor', false],
      ['sandbox-extractive-1', true],
    ])
    await useCases.undoRun({ runId, actor, reason: 'test' })
    await world.push()
    expect(held()).toMatchObject({ plan_wanted: 'Team' })
    expect(await useCases.currentAnalysis(number)).toMatchObject({ model: 'vendor' })
  })

  test('that comes only after a rerun belongs to the intake, so the rerun stays in force', async () => {
    const number = '+12125552002'
    const held = await contact(number)
    const { runId: intake } = await takeIn(ended(number))
    const { runId } = await world.rerun(number)
    await takeIn(analyzed(number))
    expect(held()).toMatchObject({ plan_wanted: 'Pro' })
    const analyses = await useCases.listAnalyses(number)
    expect(analyses.map((analysis) => [analysis.model, analysis.runId, analysis.current])).toEqual([
      ['sandbox-extractive-1', runId, true],
      ['vendor', intake, false],
    ])
    // What only the vendor has asked for is in force all the same.
    expect(held()).toMatchObject({ budget_usd: '0' })
  })

  test('of an intake that was undone is withdrawn with it', async () => {
    const number = '+12125552003'
    const held = await contact(number)
    const { runId } = await takeIn(ended(number))
    await useCases.undoRun({ runId: runId ?? 0, actor, reason: 'test' })
    await takeIn(analyzed(number))
    expect(held().plan_wanted).toBeUndefined()
    expect(await useCases.listAnalyses(number)).toEqual([])
  })

  test('of a chat, and of an agent that nobody has told us about, counts too', async () => {
    const number = '+12125552004'
    const held = await contact(number)
    const object = chat({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['Good morning.'] })
    const custom_analysis_data = { plan: 'Basic', budget: { odd: true } }
    await takeIn({ ...object, agent_id: 'unheard_of', chat_analysis: { chat_successful: false, custom_analysis_data } })
    expect(held()).toMatchObject({ plan_wanted: 'Basic' })
    const [analysis] = await useCases.listAnalyses(number)
    expect(analysis).toMatchObject({ successful: false, fields: { budget: { status: 'invalid', value: null } } })
  })

  test('of agents whose items do not fit one analysis together counts, and holds up no other', async () => {
    await askTooMuch(world)
    const numbers = ['+12125552006', '+12125552007']
    const [first, second] = [await contact(numbers[0] ?? ''), await contact(numbers[1] ?? '')]
    const transferred = { agent_id: 'large', agent_transfers: [to('larger', both)] }
    const report = await takeIn(analyzed(numbers[0] ?? '', transferred), analyzed(numbers[1] ?? ''))
    expect(report).toMatchObject({ stored: 2 })
    expect([first().plan_wanted, second().plan_wanted]).toEqual(['Team', 'Team'])
  })

  test('is not used unless asked for', async () => {
    const number = '+12125552005'
    await world.take(analyzed(number))
    expect(await useCases.listAnalyses(number)).toEqual([])
  })
})

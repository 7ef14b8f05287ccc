import { describe, expect, onTestFinished, test } from 'vitest'
import { formatProblem, type Mapping, parseMapping } from '../../../src/mapping/index.ts'
import { checkLive } from '../../../src/sync/index.ts'
import { kinds } from '../../support/accounts/account.ts'
import { call, chat } from '../../support/conversations.ts'
import { countStatements } from '../../support/database.ts'
import { ask, goal, plan } from '../../support/items.ts'
import { mappingFor, type Rule } from '../../support/mappings.ts'
import { addContact, textField } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

const number = '+12125550161'
const planRule = { from: 'plan', to: 'plan_wanted' }
const goalRule = { from: 'goal', to: 'customer_goal' }

// ENGINE.md section 2: no release names an earlier conversation by itself, and a cell keeps its rule version until the next.
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { db, crms, account } = world
  account.defineProperties([textField('plan_wanted'), textField('customer_goal')])

  function fileOf(...rules: Rule[]): Mapping {
    const parsed = parseMapping(mappingFor(account, rules), 'contacts.yaml')
    if ('problems' in parsed) throw new Error(parsed.problems.map(formatProblem).join('\n'))
    return parsed.mapping
  }

  const behind = async (...rules: Rule[]) => {
    const found = (await checkLive({ db, crms }, { mappings: [fileOf(...rules)] })).behind
    return found.map(({ field, olderRecords, leftOut }) => ({ field, olderRecords, leftOut }))
  }
  const fieldOf = ({ to }: Rule) => account.nameOf(to)

  await world.useMapping(mappingFor(account, [planRule]))
  await ask(world, plan, goal(5))
  await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
  const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
  await world.take(
    ...['04', '05', '06'].map((month) =>
      call({ id: `call_${month}`, at: `2025-${month}-10T10:00:00Z`, number, turns }),
    ),
  )
  await world.rerun('call_05')

  test('a rule in force is behind by the conversations before the first that a run named', async () => {
    expect(await behind(planRule)).toEqual([{ field: fieldOf(planRule), olderRecords: 0, leftOut: 1 }])
  })

  test('a new rule leaves out every linked conversation, a changed one has records of its older version', async () => {
    const changed = { ...planRule, max_length: 10 }
    expect(await behind(changed, goalRule)).toEqual([
      { field: fieldOf(planRule), olderRecords: 1, leftOut: 1 },
      { field: fieldOf(goalRule), olderRecords: 0, leftOut: 3 },
    ])
  })

  test('a file for other agents leaves out nothing, and one for theirs as much as one for all', async () => {
    const forAgents = async (agents: string[]) => {
      const mapping = fileOf(goalRule)
      const rules = mapping.rules.map((rule) => ({ ...rule, agents }))
      return (await checkLive({ db, crms }, { mappings: [{ ...mapping, agents, rules }] })).behind
    }
    expect(await forAgents(['chat_agent_1'])).toEqual([])
    expect(await forAgents(['agent_1'])).toMatchObject([{ leftOut: 3 }])
  })

  test('a deleted conversation is not left out, and one that was named still begins; so does what is left of a settled one', async () => {
    const settledWorld = await createWorldOn([kind], {
      settings: { AFTERWORD_RETENTION_DAYS: '30' },
      atEnd: onTestFinished,
    })
    settledWorld.account.defineProperties([textField('plan_wanted')])
    await settledWorld.useMapping(mappingFor(settledWorld.account, [planRule]))
    await ask(settledWorld, plan)
    await addContact(settledWorld, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
    const take = (...months: string[]) =>
      settledWorld.take(
        ...months.map((month) => call({ id: `call_${month}`, at: `2025-${month}-10T10:00:00Z`, number, turns })),
      )
    const remove = (id: string) =>
      settledWorld.useCases.deleteConversation({ id, actor: settledWorld.actor, reason: 'test' })
    const leftOut = async () => {
      await settledWorld.importCrm()
      const { behind } = await checkLive(settledWorld, { mappings: [fileOf(planRule)] })
      return behind.map((each) => each.leftOut)
    }
    await take('04', '05', '06')
    await settledWorld.rerun('call_05')
    await settledWorld.rerun('call_06')
    expect(await leftOut()).toEqual([1])
    await remove('call_05')
    expect(await leftOut(), 'what was named in May begins there').toEqual([1])
    await remove('call_04')
    expect(await leftOut()).toEqual([])
    await settledWorld.push()
    await settledWorld.useCases.runRetention({ actor: settledWorld.actor, reason: 'test' })
    await take('03', '08')
    expect(await leftOut(), 'of March, not of August').toEqual([1])
  })

  test('an undone run has named nothing', async () => {
    const run = await db.selectFrom('runs').select('id').where('kind', '=', 'rerun').executeTakeFirstOrThrow()
    await world.useCases.undoRun({ runId: run.id, actor: world.actor, reason: 'test' })
    await world.push()
    expect(await behind(planRule)).toMatchObject([{ leftOut: 3 }])
  })

  test('rules of two files that share a field begin together', async () => {
    await world.take(
      ...['03', '06', '07'].map((month) =>
        chat({ id: `chat_${month}`, at: `2025-${month}-15T10:00:00Z`, number, turns }),
      ),
    )
    const forAgent = (agent: string) =>
      JSON.stringify({ ...JSON.parse(mappingFor(account, [planRule])), agents: [agent] })
    await world.useMapping(forAgent('agent_1'), forAgent('chat_agent_1'))
    for (const id of ['call_05', 'chat_07']) await world.rerun(id)
    await world.importCrm()
    const { behind } = await checkLive({ db, crms }, { mappings: await world.useCases.listMappings() })
    // Those of before the call in May, which the first of them named.
    expect(behind.map(({ leftOut }) => leftOut)).toEqual([1, 1])
  })

  test('takes as many statements for many rules as for one', async () => {
    const check = async (...rules: Rule[]) => {
      const counted = countStatements(db)
      await checkLive({ db: counted.db, crms }, { mappings: [fileOf(...rules)] })
      return counted.count()
    }
    const one = await check(planRule)
    expect(one).toBeGreaterThan(0)
    const many = Array.from({ length: 30 }, (_, place) => ({ from: 'plan', to: `field_${place}` }))
    expect(await check(planRule, ...many)).toBe(one)
  })

  test('tells fields that the account lacks, and a connection that nobody has', async () => {
    const { problems } = await checkLive({ db, crms }, { mappings: [fileOf({ from: 'plan', to: 'plan_wnted' })] })
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`did you mean "${account.nameOf('plan_wanted')}"?`),
    ])
    const elsewhere = parseMapping(fileOf(planRule).text.replace('"main"', '"mian"'), 'contacts.yaml')
    const mappings = 'mapping' in elsewhere ? [elsewhere.mapping] : []
    const told = await checkLive({ db, crms }, { mappings })
    expect(told).toMatchObject({
      problems: [{ message: 'there is no connection "mian"; there are main, local' }],
      unreachable: [],
    })
  })

  test('a CRM that does not answer is told apart, and all else is checked', async () => {
    account.fail('any', 'refused', 20)
    const mappings = [fileOf({ from: 'plann', to: 'plan_wnted' })]
    const { problems, unreachable } = await checkLive({ db, crms }, { mappings })
    account.recover()
    expect(unreachable).toMatchObject([{ connection: 'main', object: account.object }])
    expect(problems.map(({ message }) => message)).toEqual(['no agent has an item "plann"; did you mean "plan"?'])
  })
})

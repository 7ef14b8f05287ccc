import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { kinds } from '../../src/main/index.ts'
import { ask, plan } from '../support/items.ts'
import { textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
await ask(world, plan)
const folder = await mkdtemp(path.join(tmpdir(), 'afterword-cli-mapping-'))
afterAll(() => rm(folder, { recursive: true }))
const { run, counts } = openCli(world, { mappings: async () => ({ folders: [folder], kinds }) })

const text = `# Ours.
version: 1
crm: hubspot
connection: main
object: contacts # people
match: [{ email: metadata.email }]
fields:
  - { from: plan, to: plan_wanted } # as they say it
`
const file = path.join(folder, 'contacts.yaml')
beforeEach(() => writeFile(file, text))

async function saved(name: string, content: unknown): Promise<string> {
  const place = path.join(folder, name)
  await writeFile(place, typeof content === 'string' ? content : JSON.stringify(content))
  return place
}

describe('mapping check', () => {
  test('--live tells what the CRM and the agents lack, and exits 1', async () => {
    await writeFile(file, text.replace('plan,', 'plam,').replace('plan_wanted', 'plan_wnted'))
    const { code, out } = await run('mapping', 'check', '--live')
    expect(code).toBe(1)
    expect(out.split('\n')).toEqual([
      `${file}:8:13  no agent has an item "plam"; did you mean "plan"?`,
      `${file}:8:23  "plan_wnted" is no field of contacts in main; did you mean "plan_wanted"?`,
    ])
  })

  test('--live says what a backfill would bring, and how', async () => {
    const { id } = await world.db
      .insertInto('crm_records')
      .values({ connection: 'main', object: 'contacts', external_id: '1', imported_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow()
    const fields = JSON.stringify({ plan_wanted: { rule: 'an older one', seen: null } })
    await world.db.insertInto('record_state').values({ record_id: id, fields }).execute()
    const { code, out } = await run('mapping', 'check', '--live', file)
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      `${file}: 1 fields, right`,
      `${file}:8  plan_wanted: records decided by an older version of the rule: 1`,
      "  to bring them in: afterword backfill plan --mapping-only --fields plan_wanted --reason '…'",
    ])
    const { out: json } = await run('mapping', 'check', '--live', '--json')
    expect(JSON.parse(json)).toMatchObject({ problems: [], unreachable: [], behind: [{ olderRecords: 1, leftOut: 0 }] })
  })

  test('a CRM that does not answer is said, and is no mistake of the file: exit 2', async () => {
    world.account.fail('any', 'refused', 20)
    const { code, out, err } = await run('mapping', 'check', '--live')
    world.account.recover()
    expect(code).toBe(2)
    expect(out).toContain(`${file}: 1 fields, right as far as it could be checked`)
    expect(err).toMatch(/^not checked: the fields of contacts in main: /)
  })

  test('against a saved schema and a file of agents: offline, the same', async () => {
    const schema = path.join(folder, 'schema.json')
    expect((await run('crm', 'schema', '--save', schema)).out).toMatch(/schema\.json: main contacts, \d+ fields$/)
    const { out: printed } = await run('crm', 'schema', 'main')
    expect(`${printed}\n`).toBe(await readFile(schema, 'utf8'))
    const agents = await saved('agents.json', {
      agents: [{ agent_id: 'agent_1', version: 0, post_call_analysis_data: [plan] }],
    })
    const opened = counts.opened
    await writeFile(file, text.replace('plan,', 'plam,').replace('plan_wanted', 'plan_wnted'))
    const { code, out } = await run('mapping', 'check', '--schema', schema, '--agents', agents)
    expect(code).toBe(1)
    expect(out).toContain(`${file}:8:13  no agent has an item "plam"; did you mean "plan"?`)
    expect(out).toContain(`${file}:8:23  "plan_wnted" is no field of contacts in main; did you mean "plan_wanted"?`)
    await writeFile(file, text)
    expect((await run('mapping', 'check', '--schema', schema, '--agents', agents)).code).toBe(0)
    await writeFile(file, text.replace('main', 'other'))
    const other = await run('mapping', 'check', '--schema', schema)
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('the saved schema does not have them') })
    expect(counts.opened).toBe(opened)
  })

  test.each([
    [['--schema', 'nowhere.json'], 'nowhere.json cannot be read: ENOENT'],
    [['--agents', 'contacts.yaml'], 'is not JSON'],
    [['--schema', 'contacts.yaml'], 'is no saved schema'],
    [['--schema', 'a', '--live'], 'cannot be used with'],
    [['--lvie'], '--live'],
  ])('%j exits 1 with a hint', async (args, hint) => {
    const placed = args.map((arg) => (arg === 'contacts.yaml' ? file : arg))
    expect(await run('mapping', 'check', ...placed)).toMatchObject({ code: 1, err: expect.stringContaining(hint) })
  })
})

describe('mapping init', () => {
  test('prints a file, or writes it, never over another', async () => {
    const { code, out } = await run('mapping', 'init', '--connection', 'main')
    expect(code).toBe(0)
    expect(out).toContain('  - { from: plan, to: plan_wanted }')
    const again = await run('mapping', 'init', '--connection', 'main', '--out', file)
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is there already') })
    expect(await readFile(file, 'utf8')).toBe(text)
    expect((await run('mapping', 'init', '--connection', 'main', '--out', file, '--force')).code).toBe(0)
    expect(await readFile(file, 'utf8')).toBe(`${out}\n`)
    expect((await run('mapping', 'check', '--live', file)).code).toBe(0)
  })

  test('a connection that is none is told with the nearest', async () => {
    const { code, err } = await run('mapping', 'init', '--connection', 'mian')
    expect({ code, err }).toEqual({ code: 1, err: 'error: there is no connection mian; did you mean "main"?' })
  })
})

describe('mapping set, add and remove', () => {
  test('print the lines that change and leave the rest', async () => {
    const set = await run('mapping', 'set', file, 'plan_wanted', 'mode=fill_if_empty', 'values.Pro=p')
    expect(set).toMatchObject({ code: 0, err: '' })
    expect(set.out.split('\n')).toEqual([
      file,
      '-   - { from: plan, to: plan_wanted } # as they say it',
      '+   - { from: plan, to: plan_wanted, mode: fill_if_empty, values: { Pro: p } } # as they say it',
    ])
    await run('mapping', 'set', file, 'plan_wanted', 'mode=', 'values=')
    expect(await readFile(file, 'utf8')).toBe(text)
    expect((await run('mapping', 'set', file, 'write=false')).out).toBe(`${file}\n+ write: false`)
    expect((await run('mapping', 'set', file, 'write=')).out).toBe(`${file}\n- write: false`)
    const added = await run('mapping', 'add', file, 'from=[goal, aim]', 'to=customer_goal', 'max_length=20')
    expect(added.out).toBe(`${file}\n+   - { from: [goal, aim], to: customer_goal, max_length: 20 }`)
    expect((await run('mapping', 'remove', file, 'customer_goal')).code).toBe(0)
    expect(await readFile(file, 'utf8')).toBe(text)
    expect((await run('mapping', 'set', file, 'ambiguous=')).out).toBe(`${file} says so already`)
  })

  test.each([
    [['set', file, 'plan_wanted', 'mode=maxx'], `${file}:8:42  expected one of`],
    [['set', file, 'plan_wantd', 'mode=max'], 'did you mean "plan_wanted"?'],
    [['set', file, 'plan_wanted'], 'say what to set, as key=value'],
    [['set', file, 'plan_wanted', 'values={ a: b'], 'the value of values is not valid YAML'],
    [['set', file, 'plan_wanted', 'mode=max', '--line', '9'], 'no rule writes "plan_wanted" in line 9'],
    [['add', file, 'from=plan'], '"to" is missing'],
    [['add', file, 'from=plan', 'to=plan_wanted'], 'already'],
    [['add', file, 'from=plan', 'to=x', 'values.Pro=p'], "'values={ … }'"],
    [['remove', file], 'missing required argument'],
    [['remove', path.join(folder, 'nowhere.yaml'), 'x'], 'nowhere.yaml cannot be read: ENOENT'],
  ])('%j is refused and changes nothing', async (args, hint) => {
    expect(await run('mapping', ...args)).toMatchObject({ code: 1, err: expect.stringContaining(hint) })
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  test('what another file of the folder writes is refused', async () => {
    const other = await saved('other.yaml', text.replaceAll('plan', 'goal').replace('goal_wanted', 'customer_goal'))
    const { code, err } = await run('mapping', 'add', file, 'from=goal', 'to=customer_goal')
    await rm(other)
    expect(code).toBe(1)
    expect(err).toContain(`${other}:8 writes "customer_goal"`)
    expect(await readFile(file, 'utf8')).toBe(text)
  })
})

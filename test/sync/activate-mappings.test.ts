import { beforeEach, describe, expect, test } from 'vitest'
import { evaluate, type Mapping, parseMapping } from '../../src/mapping/index.ts'
import { activateMappings, activeMappings } from '../../src/sync/index.ts'
import { rulesByHash } from '../../src/sync/mapping-store.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const actor = { kind: 'system', name: 'start' } as const

beforeEach(async () => {
  for (const table of ['rules', 'mapping_files', 'audit_entries'] as const) await db.deleteFrom(table).execute()
})

const summary = '{ from: call_summary, to: last_call_summary }'
const budget = '{ from: budget, to: budget, mode: max }'

function mappingOf(path: string, ...fields: string[]): Mapping {
  const head = 'version: 1\ncrm: hubspot\nconnection: main\nobject: contacts\nmatch: [{ email: metadata.email }]\n'
  const parsed = parseMapping(`${head}fields: [\n  ${fields.join(',\n  ')}]\n`, path)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return parsed.mapping
}

const activate = (...mappings: Mapping[]) => activateMappings({ db }, mappings, actor)

async function activePaths() {
  return (await activeMappings(db)).map((mapping) => mapping.path)
}

function entries() {
  const all = db
    .selectFrom('audit_entries')
    .select(['actor', 'action', 'subject_kind', 'subject_id', 'before', 'after'])
  return all.orderBy('id').execute()
}

/** Every rule version there ever was: its field, where it stands and when it was first switched on. */
function rules() {
  return db.selectFrom('rules').select(['field', 'line', 'file_hash', 'first_active_at']).orderBy('field').execute()
}

describe('activating', () => {
  test('makes exactly these files the active set, with an audit entry each', async () => {
    const [sales, support] = [mappingOf('sales.yaml', summary), mappingOf('support.yaml', budget)]
    expect(await activate(sales, support)).toEqual([
      { path: 'sales.yaml', change: 'activated', rules: 1 },
      { path: 'support.yaml', change: 'activated', rules: 1 },
    ])
    expect(await activePaths()).toEqual(['sales.yaml', 'support.yaml'])
    const entry = { actor: 'system:start', action: 'mapping.activated', subject_kind: 'mapping', before: null }
    expect(await entries()).toEqual([
      { ...entry, subject_id: 'sales.yaml', after: { hash: sales.fileHash, rules: 1 } },
      { ...entry, subject_id: 'support.yaml', after: { hash: support.fileHash, rules: 1 } },
    ])
  })

  test('the same set again changes nothing', async () => {
    await activate(mappingOf('sales.yaml', summary))
    const before = [await rules(), await entries()]
    expect(await activate(mappingOf('sales.yaml', summary))).toEqual([])
    expect([await rules(), await entries()]).toEqual(before)
  })

  test('a file that imports only may have no rules', async () => {
    expect(await activate(mappingOf('people.yaml'))).toEqual([{ path: 'people.yaml', change: 'activated', rules: 0 }])
  })
})

describe('a changed file', () => {
  test('takes the place of the one before, and the audit names both', async () => {
    const [old, changed] = [mappingOf('sales.yaml', summary), mappingOf('sales.yaml', budget, summary)]
    await activate(old)
    expect(await activate(changed)).toEqual([{ path: 'sales.yaml', change: 'changed', rules: 2 }])
    expect((await activeMappings(db)).map((mapping) => mapping.fileHash)).toEqual([changed.fileHash])
    expect((await entries()).at(-1)).toMatchObject({
      action: 'mapping.changed',
      before: old.fileHash,
      after: { hash: changed.fileHash, rules: 2 },
    })
  })

  test('a rule that stays is remembered with its new line, and as switched on when it first was', async () => {
    await activate(mappingOf('sales.yaml', summary))
    const [first] = await rules()
    const changed = mappingOf('sales.yaml', budget, summary)
    await activate(changed)
    expect((await rules()).find((rule) => rule.field === 'last_call_summary')).toEqual({
      ...first,
      line: Number(first?.line) + 1,
      file_hash: changed.fileHash,
    })
  })

  test('a rule that is gone is remembered with the file it stood in', async () => {
    const old = mappingOf('sales.yaml', summary, budget)
    await activate(old)
    await activate(mappingOf('sales.yaml', summary))
    expect((await rules()).find((rule) => rule.field === 'budget')).toMatchObject({ file_hash: old.fileHash })
  })

  test('back to what it was is the old file active again', async () => {
    const old = mappingOf('sales.yaml', summary)
    await activate(old)
    await activate(mappingOf('sales.yaml', budget))
    expect(await activate(old)).toEqual([{ path: 'sales.yaml', change: 'changed', rules: 1 }])
    expect((await activeMappings(db)).map((mapping) => mapping.fileHash)).toEqual([old.fileHash])
  })
})

describe('a removed file', () => {
  test('is active no more; its rules are remembered, and the audit says what it was', async () => {
    const [sales, support] = [mappingOf('sales.yaml', summary), mappingOf('support.yaml', budget)]
    await activate(sales, support)
    expect(await activate(sales)).toEqual([{ path: 'support.yaml', change: 'removed', rules: 1 }])
    expect(await activePaths()).toEqual(['sales.yaml'])
    expect((await rules()).map((rule) => rule.field)).toEqual(['budget', 'last_call_summary'])
    expect((await entries()).at(-1)).toMatchObject({
      action: 'mapping.removed',
      subject_id: 'support.yaml',
      before: support.fileHash,
      after: { hash: null, rules: 1 },
    })
  })

  test('that comes back is activated, its rules as switched on when they first were', async () => {
    const sales = mappingOf('sales.yaml', summary)
    await activate(sales)
    const first = await rules()
    await activate()
    expect(await activate(sales)).toEqual([{ path: 'sales.yaml', change: 'activated', rules: 1 }])
    expect(await rules()).toEqual(first)
  })
})

describe('a stored file that no longer reads', () => {
  // Both rules were right when they were stored; the grammar has become stricter since.
  async function tighten(path: string) {
    const changes = { text: 'version: 1\nfields: nothing that reads\n' }
    await db.updateTable('mapping_files').set(changes).where('path', '=', path).execute()
  }

  test('gives way to the repaired one', async () => {
    const [old, repaired] = [mappingOf('strict.yaml', summary), mappingOf('strict.yaml', budget, summary)]
    await activate(old)
    await tighten('strict.yaml')
    expect(await activate(repaired)).toEqual([{ path: 'strict.yaml', change: 'changed', rules: 2 }])
    expect((await activeMappings(db)).map(({ fileHash }) => fileHash)).toEqual([repaired.fileHash])
    expect((await entries()).at(-1)).toMatchObject({ before: old.fileHash, after: { hash: repaired.fileHash } })
  })

  test('can be removed, and is told with the rules it had', async () => {
    await activate(mappingOf('gone.yaml', summary, budget))
    await tighten('gone.yaml')
    expect(await activate()).toEqual([{ path: 'gone.yaml', change: 'removed', rules: 2 }])
    expect(await activePaths()).toEqual([])
  })
})

test('of files that contradict each other none is activated', async () => {
  await activate(mappingOf('sales.yaml', summary))
  const contradicting = [mappingOf('sales.yaml', budget), mappingOf('support.yaml', '{ from: budget, to: budget }')]
  await expect(activate(...contradicting)).rejects.toMatchObject({
    code: 'mapping.invalid',
    message: expect.stringMatching(/^support\.yaml:\d+:\d+ {2}sales\.yaml:\d+/),
  })
  expect((await activeMappings(db)).flatMap((mapping) => mapping.rules.map((rule) => rule.field))).toEqual([
    'last_call_summary',
  ])
  expect(await entries()).toHaveLength(1)
})

describe('a stored rule version', () => {
  const template = '{ template: "{{a}} ({{$url}})", to: wish, formats: { a: { decimals: 1 } } }'
  const translated = '{ from: b, to: level, values: { high: 1 }, default: null, owner: Ada, description: Why not }'

  test('reads as it was written', async () => {
    const mapping = mappingOf('sales.yaml', template, translated, summary)
    await activate(mapping)
    const hashes = mapping.rules.map(({ hash }) => hash)
    expect([...(await rulesByHash(db, hashes)).values()]).toEqual(expect.arrayContaining(mapping.rules))
  })

  test('from before templates and formats holds nothing of them, and speaks as ever', async () => {
    const mapping = mappingOf('sales.yaml', summary)
    await activate(mapping)
    const stored = await db.selectFrom('rules').select(['hash', 'definition']).executeTakeFirstOrThrow()
    expect(Object.keys(stored.definition as object).sort()).toEqual([
      'agents',
      'connection',
      'contactField',
      'existing',
      'field',
      'from',
      'hash',
      'humanEdits',
      'line',
      'mapping',
      'maxLength',
      'mode',
      'object',
      'others',
      'retract',
      'unverified',
      'values',
      'when',
    ])
    const rule = (await rulesByHash(db, [stored.hash])).get(stored.hash)
    const facts = {
      $ended_at: null,
      $duration_s: 0,
      $direction: null,
      $disconnection_reason: null,
      $agent: 'x',
      $url: '',
    }
    const spoken = { subject: { kind: 'call' as const, agent_id: 'x', agent_version: null }, agentId: 'x', facts }
    const fields = { call_summary: { value: 'Hello', status: 'found' as const, evidence: [] } }
    expect(rule && evaluate(rule, spoken, fields)).toEqual({ says: 'value', value: 'Hello' })
  })
})

import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatProblem, loadMappingFolders } from '../../src/mapping/index.ts'

const kinds = { hubspot: { objects: ['contacts'] } }
const head = 'version: 1\ncrm: hubspot\nconnection: main\nobject: contacts\nmatch: [{ email: metadata.email }]\n'

describe('loadMappingFolders', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'afterword-mappings-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function write(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  }

  test('the mapping that ships is right', async () => {
    const { mappings, problems } = await loadMappingFolders([join(import.meta.dirname, '../../mappings')], kinds)
    expect(problems).toEqual([])
    expect(mappings.map(({ name, connection }) => ({ name, connection }))).toEqual([
      { name: 'contacts', connection: 'main' },
    ])
    expect(mappings[0]?.rules.map(({ field }) => field)).toEqual([
      'last_call_summary',
      'last_sentiment',
      'last_call_successful',
      'last_call_at',
      'services_discussed',
      'highest_budget',
      'preferred_visit_day',
    ])
  })

  test('mappings come in the order of their names; other files are left alone', async () => {
    const other = `${head.replace('main', 'other')}fields: []\n`
    await write({ 'b.yaml': `${head}fields: []\n`, 'a.yml': other, 'notes.txt': 'fields: [' })
    const { mappings, problems } = await loadMappingFolders([folder], kinds)
    expect(problems).toEqual([])
    expect(mappings.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(mappings[1]).toMatchObject({ path: join(folder, 'b.yaml'), text: `${head}fields: []\n` })
  })

  test('the problems of all files, and between them, come at once', async () => {
    await write({
      'a.yaml': `${head}fields:\n  - { from: a, to: x }\n  - { from: b, to: y }\n`,
      'b.yaml': `${head}fields:\n  - { from: c, to: y }\n`,
      'b.yml': `${head.replace('main', 'other')}fields:\n  - { from: c, to: y }\n`,
      'c.yaml': `${head}fields:\n  - { form: c, to: z }\n`,
      'd.yaml': '',
    })
    const { mappings, problems } = await loadMappingFolders([folder], kinds)
    expect(mappings.map(({ name }) => name)).toEqual(['a', 'b', 'b'])
    expect(problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''))).toEqual([
      'c.yaml:7:5  "from" is missing: name an item, a fact or give a template',
      'c.yaml:7:7  unknown key "form"; did you mean "from"?',
      'd.yaml:1:1  expected the keys of a mapping: version, crm, connection, object, match, fields',
      'b.yml:1:1  b.yaml has the same name "b"',
      'b.yaml:7:1  a.yaml:8 writes "y" already, and a conversation may satisfy both; give each a "when" that excludes the other',
    ])
  })

  test('what editors and systems leave beside a file is none', async () => {
    await write({ 'a.yaml': `${head}fields: []\n`, '._a.yaml': 'Mac OS X\u0000\u0002', '.b.yaml.swp': '' })
    await symlink('somebody@machine.4711', join(folder, '.#a.yaml'))
    const { mappings, problems } = await loadMappingFolders([folder], kinds)
    expect([mappings.map(({ name }) => name), problems]).toEqual([['a'], []])
  })

  test('a file that cannot be read is named', async () => {
    await symlink('nowhere.yaml', join(folder, 'a.yaml'))
    await expect(loadMappingFolders([folder], kinds)).rejects.toMatchObject({
      code: 'mapping.file',
      message: `${join(folder, 'a.yaml')} cannot be read: ENOENT`,
    })
  })

  test('a folder that is not there stops with its name', async () => {
    await expect(loadMappingFolders([join(folder, 'nowhere')], kinds)).rejects.toMatchObject({
      code: 'mapping.folder',
      recovery: 'stop',
      message: expect.stringContaining('nowhere'),
    })
  })
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { importConnection } from '../../src/contacts/index.ts'
import { createLog } from '../../src/log.ts'
import { checkConnections, kinds, openInstallation } from '../../src/main/index.ts'
import { parseMapping } from '../../src/mapping/index.ts'
import { startModelSandbox } from '../../src/sandbox/index.ts'
import { activateMappings, activeMappings, pushConnection } from '../../src/sync/index.ts'
import { emptyDocument } from '../contract/document/account.ts'
import { change, type Document } from '../contract/document/document.ts'
import { file } from '../contract/document/file-kind.ts'
import { call } from '../support/conversations.ts'
import { createTestDatabase } from '../support/database.ts'

const folder = await mkdtemp(join(tmpdir(), 'afterword-third-kind-'))
afterAll(() => rm(folder, { recursive: true }))
const path = join(folder, 'people.json')
const actor = { kind: 'cli', name: 'test' } as const

const mapping = `
version: 1
crm: file
connection: people
object: people
match: [{ number: { of: [from_or_to], in: [text] } }]
fields: [{ from: user_sentiment, to: mood, values: { Positive: pos, Negative: neg, Neutral: pos, Unknown: pos } }]
`

// All that the house is told of the third kind is the entry `file` in its list.
test('a third kind of connection needs no more than its name in the list of kinds', async () => {
  const document = emptyDocument()
  document.people.ada = { values: {}, history: {}, changedAt: '2026-01-01T00:00:00.000Z' }
  change(document, 'ada', { text: '+12125550101' }, 'person')
  await writeFile(path, JSON.stringify(document))
  const [database, models] = await Promise.all([createTestDatabase(), startModelSandbox({})])
  afterAll(() => models.close())
  const settings = {
    DATABASE_URL: database.url,
    AFTERWORD_CONNECTIONS: 'people',
    AFTERWORD_CONNECTION_PEOPLE_KIND: 'file',
    AFTERWORD_CONNECTION_PEOPLE_PATH: path,
    OPENAI_API_KEY: 'sandbox-model',
    OPENAI_BASE_URL: models.url,
    AFTERWORD_MODELS: '*=sandbox-extractive-1',
  }
  const installation = await openInstallation(parseConfig(settings, { ...kinds, file }), createLog('error'))
  afterAll(() => installation.close())
  const { db, useCases, crms, log, model, next, now } = installation
  const crm = crms.get('people')
  const parsed = parseMapping(mapping, 'people.yaml', { file })
  if (!crm || 'problems' in parsed) throw new Error(JSON.stringify(parsed))
  await checkConnections(installation)
  await activateMappings({ db }, [parsed.mapping], actor)
  await importConnection({ db, crm, log, now, next }, { mappings: await activeMappings(db) })

  const turns = ['I love it, thank you, great service.', 'Happy to hear that.', 'Wonderful, thanks.']
  const lines = [JSON.stringify(call({ id: 'c1', at: '2026-04-10T10:00:00Z', number: '+12125550101', turns }))]
  await useCases.importConversations({ lines, actor, reason: 'test', analyse: false })
  await useCases.rerunConversation({ conversationId: 'c1', actor, reason: 'test' })
  expect(await pushConnection({ db, log, model, now, next }, crm)).toMatchObject({ records: 1, written: 1 })
  const held: Document = JSON.parse(await readFile(path, 'utf8'))
  expect(held.people.ada?.values).toMatchObject({ mood: 'pos' })
  expect(held.people.ada?.history.mood?.[0]).toMatchObject({ author: 'us' })
})

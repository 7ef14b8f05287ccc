import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { processesOn } from '../support/processes.ts'
import { createWorld } from '../support/world.ts'
import { startServe } from './serve-process.ts'

const world = await createWorld({ AFTERWORD_PORT: '0', AFTERWORD_LOG_LEVEL: 'error' })
const settings = world.environment
const slow = 60_000

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-serve-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Takes a port as another program would; returns it. */
async function takePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('the service does not start', { timeout: slow }, () => {
  test('with broken mapping files: it says every error of every file at its line and column', async () => {
    const folder = await newFolder()
    const head = 'version: 1\ncrm: hubspot\nconnection: main\nobject: contacts\nmatch: [{ email: metadata.email }]\n'
    await writeFile(
      path.join(folder, 'sales.yaml'),
      `${head}fields:\n  - { form: plan, to: plan }\n  - { from: plan, to: plan, mode: overwite }\n`,
    )
    await writeFile(path.join(folder, 'support.yaml'), `${head}fields: [\n`)
    const { code, output } = await startServe({ ...settings, AFTERWORD_MAPPINGS: folder }).ended
    expect(code).toBe(1)
    const places = output.matchAll(/(sales|support)\.yaml:(\d+):(\d+) {2}(.*)/g)
    const told = [...places].map(([, file, line, column, message]) => `${file}:${line}:${column} ${message}`)
    expect(told).toEqual([
      expect.stringMatching(/^sales:7:5 .*"from"/),
      expect.stringMatching(/^sales:7:7 .*form.*from/),
      expect.stringMatching(/^sales:8:35 .*did you mean "overwrite"/),
      expect.stringMatching(/^support:7:1 not valid YAML/),
    ])
    expect(await world.db.selectFrom('mapping_files').select('path').execute()).toEqual([])
  })

  test('with a token that the CRM refuses: it says so in a sentence, and takes no job', async () => {
    const { code, output } = await startServe({ ...settings, AFTERWORD_CONNECTION_MAIN_TOKEN: 'revoked' }).ended
    expect(code).toBe(1)
    expect(output).toMatch(/^error: .*main.*\n$/)
    expect(output).not.toContain('revoked')
  })

  test('with sandbox vendors whose port is taken: it says which, and ends', async () => {
    const taken = await takePort()
    const { code, output } = await startServe({
      ...settings,
      AFTERWORD_SANDBOX: '1',
      AFTERWORD_PORT: String(taken - 2),
    }).ended
    expect(code).toBe(1)
    expect(output).toMatch(new RegExp(`^error: the sandbox vendors need the ports ${taken - 1} to ${taken + 2}, .*\n$`))
  })
})

describe('the service', { timeout: slow }, () => {
  test('takes the next free port where its own is taken, and ends when it is asked to', async () => {
    const taken = await takePort()
    const service = startServe({ ...settings, AFTERWORD_PORT: String(taken) })
    const url = new URL(await service.url)
    expect(Number(url.port)).toBeGreaterThan(taken)
    expect(await (await fetch(new URL('/health', url))).json()).toMatchObject({ status: 'ok' })
    service.signal('SIGINT')
    expect(await service.ended).toMatchObject({ code: 0, output: expect.stringContaining('Nobody has an API key yet') })
  })

  test('starts while one of its CRMs cannot be reached, and does its work for the other', async () => {
    // Nobody listens on this one.
    const sales = { KIND: 'salesforce', URL: 'http://127.0.0.1:1', CLIENT_ID: 'ours', CLIENT_SECRET: 'secret' }
    const prefixed = Object.entries(sales).map(([key, value]) => [`AFTERWORD_CONNECTION_SALES_${key}`, value])
    const both = { ...settings, AFTERWORD_CONNECTIONS: 'main,sales', ...Object.fromEntries(prefixed) }
    const service = startServe({ ...both, AFTERWORD_LOG_LEVEL: 'warn' })
    expect(await (await fetch(new URL('/health', await service.url))).json()).toMatchObject({ status: 'ok' })
    const imported = () =>
      world.db.selectFrom('connections').select('name').where('imported_at', 'is not', null).execute()
    await expect.poll(imported, { timeout: 20_000 }).toEqual([{ name: 'main' }])
    service.signal('SIGTERM')
    expect(await service.ended).toMatchObject({ code: 0, output: expect.stringContaining('what is for it waits') })
  })

  test('on its embedded database ends in order, and leaves no PostgreSQL behind', async () => {
    const folder = await newFolder()
    const service = startServe({
      AFTERWORD_SANDBOX: '1',
      AFTERWORD_PORT: '0',
      AFTERWORD_DATA: folder,
      AFTERWORD_LOG_LEVEL: 'warn',
    })
    await service.url
    expect(processesOn(folder)).toBe(true)
    service.signal('SIGTERM')
    const { code, output } = await service.ended
    expect(code).toBe(0)
    expect(output).toMatch(/^Afterword listens on \S+, with sandbox vendors\nNobody has an API key yet: .*\n$/)
    expect(processesOn(folder)).toBe(false)
  })
})

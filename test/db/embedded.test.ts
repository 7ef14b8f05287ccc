import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startEmbedded } from '../../src/db/index.ts'
import { createLog } from '../../src/log.ts'
import { runStatement } from '../support/database-server.ts'
import { postmasterOf } from '../support/postmaster-of.ts'
import { processesOn } from '../support/processes.ts'
import { startServerProcess } from '../support/start-server-process.ts'

const log = createLog('silent')
const one = [{ one: 1 }]

describe('startEmbedded', () => {
  test('keeps what was stored from one start to the next, durably', async () => {
    const folder = await temporaryFolder()
    const first = await start(folder)
    expect(await runStatement(first.url, 'show fsync')).toEqual([{ fsync: 'on' }])
    await runStatement(first.url, "create table kept as select 'Zoë 👍' as name")
    await first.stop()

    const second = await start(folder)
    expect(second.adopted).toBe(false)
    expect(await runStatement(second.url, 'select name from kept')).toEqual([{ name: 'Zoë 👍' }])
  })

  test('a second process shares the server, and the last to leave stops it', async () => {
    const folder = await temporaryFolder()
    const first = await startServerProcess(folder)
    const second = await start(folder)
    expect(second).toMatchObject({ adopted: true, url: first.url })

    await first.leave()
    expect(await ask(second.url)).toEqual(one)
    await second.stop()
    expect(await isRunning(folder)).toBe(false)
  })

  test('of processes that start at once on a new folder, all get the same server', async () => {
    const folder = await temporaryFolder()
    const servers = await Promise.all([start(folder), start(folder), start(folder)])
    expect(new Set(servers.map((server) => server.url)).size).toBe(1)
    expect(servers.filter((server) => !server.adopted)).toHaveLength(1)
    await Promise.all(servers.map((server) => server.stop()))
    expect(await isRunning(folder)).toBe(false)
  })

  test('a server left behind by a killed process is adopted, and stopped in the end', async () => {
    const folder = await temporaryFolder()
    const killed = await startServerProcess(folder)
    await killed.kill()
    expect(await isRunning(folder)).toBe(true)

    const heir = await start(folder)
    expect(heir).toMatchObject({ adopted: true, url: killed.url })
    await heir.stop()
    // It is nobody's child any more: the system takes its time to bury it.
    await expect.poll(() => isRunning(folder), { timeout: 5_000 }).toBe(false)
  })

  test('a server that is killed is back in a moment, at the same address, with what was stored; its processes stop it in the end', async () => {
    const folder = await temporaryFolder()
    const other = await startServerProcess(folder)
    const server = await start(folder)
    await runStatement(server.url, 'create table kept as select 1 as one')
    process.kill(await postmasterOf(folder), 'SIGKILL')
    const isBack = () => runStatement(server.url, 'select one from kept').catch(() => 'gone')
    await expect.poll(isBack, { timeout: 10_000 }).toEqual(one)
    await other.leave()
    // The one that left may have been alone on the new server yet, and have stopped it: then this process starts it once more.
    await expect.poll(isBack, { timeout: 10_000 }).toEqual(one)
    await server.stop()
    await expect.poll(() => isRunning(folder), { timeout: 5_000 }).toBe(false)
  })

  test('a server that was killed with its process comes back at the same address: others may look for it there', async () => {
    const folder = await temporaryFolder()
    const killed = await startServerProcess(folder)
    const pid = await postmasterOf(folder)
    await killed.kill()
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => isRunning(folder), { timeout: 5_000 }).toBe(false)
    const heir = await start(folder)
    expect(heir).toMatchObject({ adopted: false, url: killed.url })
    expect(await ask(heir.url)).toEqual(one)
    await heir.stop()
    expect(existsSync(new URL(heir.url).searchParams.get('host') ?? '')).toBe(false)
  })

  test('of several that start a killed server again, none spoils what another has started', async () => {
    const folder = await temporaryFolder()
    const [server] = await Promise.all([start(folder), start(folder), start(folder), start(folder)])
    for (let kill = 0; kill < 12; kill += 1) {
      process.kill(await postmasterOf(folder), 'SIGKILL')
      await expect.poll(() => ask(server.url).catch(() => 'gone'), { timeout: 10_000, interval: 20 }).toEqual(one)
      await sleep(200)
    }
  })

  test('Ctrl-C reaches the program, not its server', async () => {
    const program = await startServerProcess(await temporaryFolder())
    program.interrupt()
    expect(await ask(program.url)).toEqual(one)
    await program.leave()
  })

  test('a pid file left by a killed server stops nobody, even when its pid is alive again as something else', async () => {
    const folder = await temporaryFolder()
    await (await start(folder)).stop()
    const files = await realpath(path.join(folder, 'postgres'))
    const left = `${process.ppid}\n${files}/data\n1790000000\n5432\n/tmp/afterword-long-gone\n\n   1 1\nready   \n`
    await writeFile(path.join(files, 'data/postmaster.pid'), left)

    const server = await start(folder)
    expect(server.adopted).toBe(false)
    expect(await ask(server.url)).toEqual(one)
  })

  test('asks everyone for its password, which only its owner can read', async () => {
    const folder = await temporaryFolder()
    const server = await start(folder)
    const guessed = new URL(server.url)
    guessed.password = 'guessed'
    await expect(ask(guessed.href)).rejects.toThrow('password authentication failed')
    expect((await stat(path.join(folder, 'postgres/password'))).mode & 0o777).toBe(0o600)
  })

  test("writes nobody's data into its log file", async () => {
    const folder = await temporaryFolder()
    const server = await start(folder)
    await runStatement(server.url, 'create table numbers (number text unique)')
    await runStatement(server.url, "insert into numbers values ('+4930123456')")
    await expect(runStatement(server.url, "insert into numbers values ('+4930123456')")).rejects.toThrow('duplicate')
    const said = await readFile(path.join(folder, 'postgres/server.log'), 'utf8')
    expect(said).toContain('duplicate key')
    expect(said).not.toContain('+4930123456')
  })

  test('works in a folder that no other user can enter, as root too', async () => {
    const closed = path.join(await temporaryFolder(), 'home')
    await mkdir(closed)
    await chmod(closed, 0o700)
    const folder = path.join(closed, 'afterword')
    const server = await start(folder)
    expect(await ask(server.url)).toEqual(one)

    await server.stop()
    await rm(await realpath(path.join(folder, 'postgres')), { recursive: true })
  })
})

describe('startThrowaway', () => {
  test('is gone with all its files when its process is killed', async () => {
    const program = await startServerProcess()
    const folder = new URL(program.url).searchParams.get('host') ?? ''
    expect(await ask(program.url)).toEqual(one)
    await program.kill()
    await expect.poll(() => existsSync(folder) || processesOn(folder), { timeout: 10_000 }).toBe(false)
  })
})

/** As a service that is stopped when the test is over, whatever became of it. */
async function start(folder: string) {
  const server = await startEmbedded({ folder, log })
  onTestFinished(server.stop)
  return server
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-test-'))
  await chmod(folder, 0o711)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function ask(url: string) {
  return runStatement(url, 'select 1 as one')
}

async function isRunning(folder: string): Promise<boolean> {
  return processesOn(await realpath(path.join(folder, 'postgres')))
}

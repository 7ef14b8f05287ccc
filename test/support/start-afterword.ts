import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { AtEnd } from './database.ts'

export type AfterwordProcess = {
  /** The first word it prints that is an address; never comes where it has no role that listens. */
  url: Promise<string>
  /** Its exit code, when it has ended. */
  ended: Promise<number | null>
  /** SIGKILL: nothing of it gets to run any more. */
  kill(): Promise<void>
  /** SIGTERM, as a service manager ends it. Returns its exit code. */
  terminate(): Promise<number | null>
}

const root = path.join(import.meta.dirname, '../..')
/** Halves what it costs to start the same program again. */
const compileCache = path.join(root, 'node_modules/.cache/node-compile')

/** Runs `afterword <command>` in a process of its own, on nothing but these settings. Killed at the end. */
export function startAfterword(
  command: 'serve' | 'worker',
  settings: Record<string, string>,
  atEnd: AtEnd,
): AfterwordProcess {
  const leash = path.join(import.meta.dirname, 'leashed-process.ts')
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, ['--import', leash, path.join(root, 'src/main.ts'), command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH, NODE_COMPILE_CACHE: compileCache, ...settings },
  })
  const ended = once(child, 'exit')
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await ended
  }
  atEnd(() => end('SIGKILL'))
  const url = Promise.withResolvers<string>()
  createInterface(child.stdout).on('line', (line) => {
    const [address] = /http:\S+\d/.exec(line) ?? []
    if (address !== undefined) url.resolve(address)
  })
  return {
    url: url.promise,
    ended: ended.then(() => child.exitCode),
    kill: () => end('SIGKILL'),
    terminate: async () => {
      await end('SIGTERM')
      return child.exitCode
    },
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { AtEnd } from './database.ts'

export type AfterwordProcess = {
  /** Where it serves HTTP, when its role is web. */
  url: string
  /** SIGKILL: nothing of it gets to run any more. */
  kill(): Promise<void>
  /** SIGTERM, as a service manager ends it. Returns its exit code. */
  terminate(): Promise<number | null>
}

/** Starts the product in a process of its own and waits until it takes jobs. Killed at the end of the test. */
export async function startAfterword(environment: Record<string, string>, atEnd: AtEnd): Promise<AfterwordProcess> {
  const program = path.join(import.meta.dirname, 'crash-worker.ts')
  const child = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const ended = once(child, 'exit')
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await ended
  }
  atEnd(() => end('SIGKILL'))
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
  const [ready, port] = String(line).split(' ')
  if (ready !== 'ready') throw new Error('the process ended before it was ready')
  return {
    url: `http://127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    terminate: async () => {
      await end('SIGTERM')
      return child.exitCode
    },
  }
}

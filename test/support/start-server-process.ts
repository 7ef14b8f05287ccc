import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

export type ServerProcess = {
  url: string
  /** Lets it stop its server, and waits for its end. */
  leave(): Promise<void>
  kill(): Promise<void>
  /** What Ctrl-C does: a signal to its whole process group. */
  interrupt(): void
}

/** Starts an embedded server on `folder`, or a throwaway one, out of a process of its own. Killed at the end of the test. */
export async function startServerProcess(...folder: [string] | []): Promise<ServerProcess> {
  const program = path.join(import.meta.dirname, 'server-process.ts')
  const child = spawn(process.execPath, [program, ...folder], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const ended = once(child, 'exit')
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
  if (typeof url !== 'string') throw new Error('the server process ended before it was ready')
  return {
    url,
    leave: async () => {
      child.stdin.end()
      await ended
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    interrupt: () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
    },
  }
}

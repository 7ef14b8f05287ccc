import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { onTestFinished } from 'vitest'

export type ServeProcess = {
  /** The address it says it listens on. */
  url: Promise<string>
  /** Its exit code and all that it printed, on either stream. */
  ended: Promise<{ code: number | null; output: string }>
  /** Asks it to end, as a service manager or Ctrl-C does. */
  signal(name: 'SIGTERM' | 'SIGINT'): void
}

const root = path.join(import.meta.dirname, '../..')

/** Runs `node src/main.ts serve` on nothing but these settings. Killed at the end of the test. */
export function startServe(settings: Record<string, string>): ServeProcess {
  const leash = path.join(root, 'test/support/leashed-process.ts')
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, ['--import', leash, path.join(root, 'src/main.ts'), 'serve'], {
    cwd: root,
    env: { PATH, NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/node-compile'), ...settings },
  })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  let output = ''
  const url = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const [, address] = /listens on (http:\S+\d)/.exec(output) ?? []
      if (address !== undefined) url.resolve(address)
    })
  }
  const ended = closed.then(() => ({ code: child.exitCode, output }))
  return { url: url.promise, ended, signal: (name) => void child.kill(name) }
}

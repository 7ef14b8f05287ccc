import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Gauged } from './gauge.ts'

export type Worker = {
  /** What it has cost since it was started. */
  gauge(): Promise<Gauged>
  /** Notes from now on what it spends its time on. */
  watch(): Promise<unknown>
  /** The share of each stage in that time, largest first. */
  stages(): Promise<[string, number][]>
  stop(): Promise<void>
}

const gaugeModule = path.join(import.meta.dirname, 'gauge.ts')
const program = path.join(import.meta.dirname, '../../../src/main.ts')

/** A worker as it is run in production, with a gauge in it. */
export function startWorker(settings: Record<string, string>): Worker {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, ['--import', gaugeModule, program, 'worker'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH, ...settings },
  })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)
  async function ask(what: string) {
    const told = new Promise<string>((resolve) => {
      const listen = (line: string) => {
        if (!line.startsWith('gauge ')) return
        lines.off('line', listen)
        resolve(line.slice('gauge '.length))
      }
      lines.on('line', listen)
    })
    child.stdin.write(`${what}\n`)
    return JSON.parse(await told)
  }
  return {
    gauge: () => ask('cost'),
    watch: () => ask('watch'),
    stages: () => ask('stages'),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

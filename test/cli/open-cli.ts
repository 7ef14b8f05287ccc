import { type CliDeps, runCli } from '../../src/cli/index.ts'
import { kinds } from '../../src/main/index.ts'
import type { World } from '../support/open-world.ts'

export type Run = { code: number; out: string; err: string }

const nothing = async () => undefined

/** Runs commands on a whole installation; counts how often a command asked for it and gave it back. */
export function openCli({ useCases }: World, instead: Partial<CliDeps> = {}) {
  const counts = { opened: 0, closed: 0 }
  const run = async (...args: string[]): Promise<Run> => {
    const out: string[] = []
    const err: string[] = []
    const code = await runCli(
      {
        open: async () => {
          counts.opened += 1
          const close = async () => {
            counts.closed += 1
          }
          return { ...useCases, countWorkers: async () => 0, close }
        },
        serve: nothing,
        migrate: async () => [],
        doctor: async () => [],
        demo: nothing,
        mappings: async () => ({ folders: ['no/such/folder'], kinds }),
        schedules: async () => ({ folders: ['no/such/folder'], mayLack: true }),
        user: 'tester',
        print: (text) => void out.push(text),
        warn: (text) => void err.push(text),
        ...instead,
      },
      args,
    )
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { run, counts }
}

import { afterAll } from 'vitest'
import type { PullReport } from '../../src/conversations/index.ts'
import { type RetellSandbox, startRetellSandbox } from '../../src/sandbox/index.ts'
import { call } from './conversations.ts'
import { createWorld, type World } from './world.ts'

export type Pulling<Name extends string> = {
  world: World
  vendors: Record<Name, RetellSandbox>
  pull(account: Name, since?: string): Promise<PullReport>
}

/** A world with an account of the source product for each of these names, at a vendor of its own. Call it at the top of a test file. */
export async function createPulling<Name extends string>(...names: Name[]): Promise<Pulling<Name>> {
  const started = await Promise.all(
    names.map(async (name) => [name, await startRetellSandbox({ apiKey: 'key' })] as const),
  )
  afterAll(() => Promise.all(started.map(([, vendor]) => vendor.close())).then(() => undefined))
  const settings = started.flatMap(([name, { url }]) => {
    const prefix = `AFTERWORD_RETELL_${name.toUpperCase()}_`
    return [
      [`${prefix}API_KEY`, 'key'],
      [`${prefix}URL`, url],
      [`${prefix}REQUESTS_PER_SECOND`, '100'],
    ]
  })
  const world = await createWorld({
    AFTERWORD_LOG_LEVEL: 'error',
    AFTERWORD_RETELL: names.join(','),
    ...Object.fromEntries(settings),
  })
  const { actor, useCases } = world
  return {
    world,
    vendors: Object.fromEntries(started) as Record<Name, RetellSandbox>,
    async pull(account, since) {
      const reports = await useCases.pullRetell({ account, actor, ...(since && { since: new Date(since) }) })
      const report = reports[account]
      if (!report) throw new Error('nobody else pulls')
      return report
    },
  }
}

export const vendorAnalysis = {
  call_summary: 'A summary.',
  call_successful: true,
  custom_analysis_data: { goal: 'quiet' },
}

/** A web call that its vendor has analysed, with whatever else it is to have. */
export function heard(id: string, more: object = {}, at = '2025-04-10T10:00:00Z') {
  return { ...call({ id, at, turns: ['I want the Pro plan.', 'Good.'] }), call_analysis: vendorAnalysis, ...more }
}

/** An item of an agent, by its name. */
export function items(name: string) {
  return [{ type: 'string', name, description: 'Anything.' }]
}

import type { Profiler } from 'node:inspector/promises'

/** Where code stands, innermost first, and the stage whose work it is. */
const stages: [RegExp, string][] = [
  [/\/node_modules\/(pg|pg-[a-z]+|postgres-[a-z]+|kysely)\//, 'database'],
  [/\/node_modules\/pg-boss\//, 'queue'],
  [/\/node_modules\/openai\/|\/src\/model\//, 'model'],
  [/\/node_modules\/@hubspot\/|\/src\/crm\//, 'crm'],
  [/undici|node:internal\/(streams|webstreams|http|stream_base)|node:_http|node:net/, 'http'],
  [/\/src\/([a-z]+)\//, ''],
]

/** The share of each stage in the time that was not idle, largest first, by the samples of a profile. */
export function shareOut({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): [string, number][] {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const spentUs = new Map<string, number>()
  for (const [place, id] of samples.entries()) {
    const stage = stageOf(id)
    if (stage !== 'idle') spentUs.set(stage, (spentUs.get(stage) ?? 0) + (timeDeltas[place] ?? 0))
  }
  const all = [...spentUs.values()].reduce((sum, each) => sum + each, 0)
  return [...spentUs].map(([stage, us]): [string, number] => [stage, us / all]).sort((a, b) => b[1] - a[1])

  function stageOf(id: number): string {
    const leaf = byId.get(id)?.callFrame.functionName
    if (leaf === '(idle)') return 'idle'
    if (leaf === '(garbage collector)') return 'garbage'
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const url = byId.get(at)?.callFrame.url ?? ''
      for (const [pattern, stage] of stages) {
        const found = pattern.exec(url)
        if (found) return stage || (found[1] ?? 'other')
      }
    }
    return 'other'
  }
}

import type { Problem } from './problem.ts'
import { type Claimant, quarrels } from './quarrel.ts'
import type { Mapping, Rule } from './types.ts'

/**
 * What is wrong between mapping files that are right by themselves: two with one name, and rules that quarrel about a field
 * of the same CRM object. Each is reported at the later one, naming the earlier. Pure.
 */
export function checkMappings(mappings: readonly Mapping[]): Problem[] {
  return [...repeatedNames(mappings), ...quarrelsBetween(mappings)]
}

function repeatedNames(mappings: readonly Mapping[]): Problem[] {
  const first = new Map<string, Mapping>()
  return mappings.flatMap((mapping) => {
    const earlier = first.get(mapping.name)
    first.set(mapping.name, earlier ?? mapping)
    if (earlier === undefined) return []
    return [{ path: mapping.path, line: 1, column: 1, message: `${earlier.path} has the same name "${mapping.name}"` }]
  })
}

function quarrelsBetween(mappings: readonly Mapping[]): Problem[] {
  const rules = mappings.flatMap(({ path, rules }) => rules.map((rule) => ({ path, rule })))
  return rules.flatMap((later, index) => {
    const others = rules.slice(0, index).filter((earlier) => isElsewhere(earlier, later))
    const [first] = others.flatMap((earlier) => quarrels(claimantOf(earlier), claimantOf(later)))
    return first ? [{ path: later.path, line: later.rule.line, column: 1, message: first.message }] : []
  })
}

type Placed = { path: string; rule: Rule }

/** In another file of the same CRM object: those of one file have been held against each other when it was read. */
function isElsewhere(a: Placed, b: Placed): boolean {
  return a.path !== b.path && a.rule.connection === b.rule.connection && a.rule.object === b.rule.object
}

function claimantOf({ path, rule }: Placed): Claimant {
  return { where: `${path}:${rule.line}`, agents: rule.agents, line: rule }
}

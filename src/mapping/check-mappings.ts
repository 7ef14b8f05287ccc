import type { Problem } from './problem.ts'
import type { Mapping, Rule } from './types.ts'

/**
 * What is wrong between mapping files that are right by themselves: two with one name, and two rules that write the same
 * field of the same CRM object. Each is reported at the later one, naming the earlier. Pure.
 */
export function checkMappings(mappings: readonly Mapping[]): Problem[] {
  return [...repeatedNames(mappings), ...repeatedFields(mappings)]
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

function repeatedFields(mappings: readonly Mapping[]): Problem[] {
  const first = new Map<string, { path: string; rule: Rule }>()
  return mappings.flatMap(({ path, rules }) =>
    rules.flatMap((rule) => {
      const cell = JSON.stringify([rule.connection, rule.object, rule.field])
      const earlier = first.get(cell)
      first.set(cell, earlier ?? { path, rule })
      if (earlier === undefined) return []
      const where = `${earlier.path}:${earlier.rule.line}`
      const message = `${where} writes "${rule.field}" of ${rule.connection} already; several rules for one field are not available yet`
      return [{ path, line: rule.line, column: 1, message }]
    }),
  )
}

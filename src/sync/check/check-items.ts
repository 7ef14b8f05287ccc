import type { AgentItems } from '../../agents/index.ts'
import { factNamed, type Mapping, type Problem, placesIn, type Rule } from '../../mapping/index.ts'
import { type AskedItem, agentsOf, builtInItems, itemsOf, itemsOfRule } from './answers.ts'
import { rightName } from './field-words.ts'
import { problemsOf } from './findings.ts'
import { defaultOf } from './rule-facts.ts'

type At = ReturnType<typeof problemsOf>

/**
 * What is wrong between a mapping and what its agents extract: agents and items that are not there, choices that `values` does not
 * name (they would be `not_translated`) and choices in it that no item has. Pure.
 */
export function checkItems(mapping: Mapping, agents: readonly AgentItems[]): Problem[] {
  const at = problemsOf(mapping, placesIn(mapping.text))
  const known = [...new Set(agents.map(({ agentId }) => agentId))]
  const strangers = (mapping.agents ?? []).flatMap((agentId, place) =>
    known.includes(agentId)
      ? []
      : [at(['agents', place], `there is no agent "${agentId}"; ${rightName(agentId, known)}`)],
  )
  const asking = agentsOf(mapping, agents)
  // Without its agents nothing is known of their items.
  if (asking.length === 0) return strangers
  const items = itemsOf(asking)
  const who = mapping.agents === null ? 'no agent' : "none of the file's agents"
  return [
    ...strangers,
    ...mapping.rules.flatMap((rule, index) => [
      ...unknownItems(rule, index, items, who, at),
      ...checkValues(rule, ['fields', index], itemsOfRule(rule, items), at),
    ]),
  ]
}

function unknownItems(rule: Rule, index: number, items: readonly AskedItem[], who: string, at: At): Problem[] {
  const known = [...new Set([...items, ...builtInItems].map(({ name }) => name))]
  const check = (name: string, place: PropertyKey[], isKey: boolean) => {
    if (known.includes(name) || factNamed(name) !== null) return []
    return [at(['fields', index, ...place], `${who} has an item "${name}"; ${rightName(name, known)}`, isKey)]
  }
  const read = (rule.when?.conditions ?? []).flatMap((condition) =>
    condition.field === 'custom_analysis_data' ? [condition.key] : [],
  )
  return [
    ...rule.from.flatMap((name, place) =>
      check(name, rule.template === undefined ? ['from', place] : ['template'], false),
    ),
    ...read.flatMap((name) => check(name, ['when', 'custom_analysis_data', name], true)),
  ]
}

function checkValues(rule: Rule, place: PropertyKey[], items: readonly AskedItem[], at: At): Problem[] {
  const { values } = rule
  if (values === null || items.length === 0) return []
  const named = Object.keys(values)
  const isClosed = items.every(({ answers }) => answers.choices !== null)
  const choices = [...new Set(items.flatMap(({ answers }) => answers.choices ?? []))]
  const untold = items.flatMap(({ name, answers }) =>
    (answers.choices ?? []).filter((choice) => !named.includes(choice)).map((choice) => ({ name, choice })),
  )
  const missing = [...new Map(untold.map((each) => [each.choice, each])).values()]
  return [
    ...(defaultOf(rule) === null ? missing : []).map(({ name, choice }) => {
      const message = `"${choice}" is a choice of ${name} that values does not name: it would not be written`
      return at([...place, 'values'], message, true)
    }),
    ...(isClosed ? named.filter((choice) => !choices.includes(choice)) : []).map((choice) => {
      const message = `no item of this rule has the choice "${choice}"; ${rightName(choice, choices)}`
      return at([...place, 'values', choice], message, true)
    }),
  ]
}

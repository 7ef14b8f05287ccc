import type { AgentItems } from '../../agents/index.ts'
import type { CrmField, Finding } from '../../crm/index.ts'
import { fieldsOf, type Mapping, type Problem } from '../../mapping/index.ts'
import { agentsOf, itemsOf, itemsOfRule } from '../check/answers.ts'
import { checkMapping } from '../check/check-mapping.ts'

/** Free text is often longer than this; a rule that cuts it says so with `max_length`. */
const roomy = 1_000

/** Whether the fields of an object take what these mappings write to them, and hold what they read. Pure. */
export function inspectFields(
  object: string,
  mappings: readonly Mapping[],
  fields: readonly CrmField[],
  agents: readonly AgentItems[],
): Finding[] {
  const about = `${object} fields`
  const known = { fields, agents: agents.length > 0 ? agents : null }
  const checks = mappings.map((mapping) => checkMapping(mapping, known))
  const findings: Finding[] = [
    ...checks.flatMap(({ problems }) => problems.map((problem) => toFinding(about, 'wrong', problem))),
    ...checks.flatMap(({ advice }) => advice.map((problem) => toFinding(about, 'warning', problem))),
    ...mappings.flatMap((mapping) => tooShort(about, mapping, fields, agents)),
  ]
  if (findings.some(({ verdict }) => verdict === 'wrong')) return findings
  const names = mappings.map(({ name }) => name).join(', ')
  return [{ about, verdict: 'ok', found: `${fieldsUsed(mappings).length} there and fit ${names}` }, ...findings]
}

/** The fields that rules write, stamps included. */
export function fieldsWritten(mappings: readonly Mapping[]): string[] {
  return [...new Set(mappings.flatMap((mapping) => mapping.rules).flatMap(fieldsOf))]
}

function fieldsUsed(mappings: readonly Mapping[]): string[] {
  const read = mappings.flatMap(({ import: imported, match }) => [
    ...Object.values(imported),
    ...match.flatMap((step) => (step.by === 'number' ? step.in : [])),
  ])
  return [...new Set([...fieldsWritten(mappings), ...read])]
}

function toFinding(about: string, verdict: Finding['verdict'], { path, line, message }: Problem): Finding {
  return { about, verdict, found: `${path}:${line} ${message}` }
}

/** What does not fit is cut with an ellipsis: nothing is refused, but somebody may miss the end. */
function tooShort(
  about: string,
  mapping: Mapping,
  fields: readonly CrmField[],
  agents: readonly AgentItems[],
): Finding[] {
  const items = itemsOf(agentsOf(mapping, agents))
  return mapping.rules.flatMap((rule): Finding[] => {
    const field = fields.find(({ name }) => name === rule.field)
    if (field?.kind !== 'text' || !field.writable || field.maxLength === null || field.maxLength >= roomy) return []
    if (rule.maxLength !== null || rule.values !== null || rule.mode === 'count') return []
    const isFree = itemsOfRule(rule, items).some(({ answers }) => answers.type === 'string')
    if (!isFree && rule.template === undefined) return []
    const found = `${mapping.path}:${rule.line} "${field.name}" holds ${field.maxLength} characters: longer text is cut`
    return [
      {
        about,
        verdict: 'warning',
        found,
        advice: `max_length: ${field.maxLength} says so in the file; a long text field holds more`,
      },
    ]
  })
}

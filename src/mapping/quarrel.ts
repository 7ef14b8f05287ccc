import { exclude, type Filter } from '../filters/index.ts'
import type { FieldLine } from './to-mapping.ts'

/** A rule as far as others can quarrel with it: `where` names it in messages ("line 12", "contacts.yaml:12"). */
export type Claimant = { where: string; agents: readonly string[] | null; line: FieldLine }

/** A field that two rules claim, and why they cannot both have it. */
export type Quarrel = { field: string; message: string }

/**
 * What two rules of one CRM object quarrel about, told to the later one. Pure. Several rules may feed one field where they
 * agree in mode and policies and no conversation can satisfy two of them: then each conversation speaks by one rule, and
 * the field has one timeline. ENGINE.md section 2.
 */
export function quarrels(earlier: Claimant, later: Claimant): Quarrel[] {
  if (earlier.line.field === later.line.field) {
    const message = disagreement(earlier, later)
    return message === null ? [] : [{ field: later.line.field, message }]
  }
  const taken = new Set(fieldsOf(earlier.line))
  const shared = fieldsOf(later.line).filter((field) => taken.has(field))
  return shared.map((field) => ({ field, message: `${earlier.where} writes "${field}" already` }))
}

function disagreement(earlier: Claimant, later: Claimant): string | null {
  const { where, line } = earlier
  const differing = agreed.filter(([, read]) => read(line) !== read(later.line)).map(([name]) => name)
  if (differing.length > 0) {
    return `${where} writes "${line.field}" with another ${differing.join(', ')}; rules that share a field agree in them`
  }
  if (exclude(conditionsOf(earlier), conditionsOf(later))) return null
  return `${where} writes "${line.field}" already, and a conversation may satisfy both; give each a "when" that excludes the other`
}

/** In what rules that share a field are the same, by the words of the file. */
const agreed: readonly [string, (line: FieldLine) => unknown][] = [
  ['mode', (line) => line.mode],
  ['existing', (line) => line.existing],
  ['human_edits', (line) => line.humanEdits],
  ['others', (line) => line.others],
  ['retract', (line) => line.retract],
  ['unverified', (line) => line.unverified],
  ['instructions', (line) => line.instructions],
  // Of a merged text it says how long the whole may be; elsewhere each rule cuts what it hears.
  ['max_length', (line) => (line.mode === 'merge' ? line.maxLength : null)],
  ['type', (line) => line.type],
  ['options', (line) => JSON.stringify(line.options)],
  ['stamp', (line) => JSON.stringify([line.stamp?.at, line.stamp?.link])],
]

function conditionsOf({ agents, line }: Claimant): Filter {
  const anyOf = agents?.map((agentId) => ({ agentId, versions: [] }))
  return {
    kind: line.when?.kind ?? 'any',
    conditions: [...(anyOf ? [{ field: 'agent' as const, anyOf }] : []), ...(line.when?.conditions ?? [])],
  }
}

/** Every field of the CRM that a rule writes: its own, and those of its stamp. */
export function fieldsOf({ field, stamp }: Pick<FieldLine, 'field' | 'stamp'>): string[] {
  return [field, ...[stamp?.at, stamp?.link].filter((name) => name !== undefined)]
}

import type { Locate } from './locate.ts'
import type { Problem } from './problem.ts'
import { type Claimant, fieldsOf, quarrels } from './quarrel.ts'
import { ruleSchema } from './rule-schema.ts'
import { rulesIn } from './rules-in.ts'
import { toFieldLine } from './to-mapping.ts'

/** Rules of one file that quarrel about a field of the CRM; looks only at rules that are right by themselves, whatever else is wrong. */
export function fileQuarrels(file: unknown, locate: Locate): Omit<Problem, 'path'>[] {
  const claimants = rulesIn(file).flatMap((line, index): (Claimant & { index: number })[] => {
    const parsed = ruleSchema.safeParse(line)
    const where = `line ${locate(['fields', index]).line}`
    return parsed.success ? [{ index, where, agents: null, line: toFieldLine(parsed.data) }] : []
  })
  return claimants.flatMap((later, position) => {
    const [first] = claimants.slice(0, position).flatMap((earlier) => quarrels(earlier, later))
    return [...ownRepeats(later), ...(first ? [first] : [])].map(({ field, message }) => ({
      ...locate(['fields', later.index, ...placeOf(later, field)]),
      message,
    }))
  })
}

/** A stamp that lands on a field the rule writes anyway. */
function ownRepeats({ line }: Claimant) {
  const fields = fieldsOf(line)
  const [repeated] = fields.filter((field, index) => fields.indexOf(field) !== index)
  return repeated === undefined ? [] : [{ field: repeated, message: `this rule writes "${repeated}" twice` }]
}

function placeOf({ line }: Claimant, field: string): string[] {
  if (line.stamp?.at === field) return ['stamp', 'at']
  return line.stamp?.link === field ? ['stamp', 'link'] : ['to']
}

import { type FieldRule, kindOf, type Program } from './language.ts'

/** A field of the CRM with the rule that the mapping has for it, if any. */
export type PlacedField = { property: string; rule: FieldRule | null }

/**
 * Gives each field of each program a property of its type, by the program's name for it. Equal rules share one, for their
 * records are not the same; a program that changes its rules has properties of its own.
 */
export function placeFields(programs: readonly Program[]): Map<string, PlacedField>[] {
  const placed = new Map<string, PlacedField>()
  const counts = { number: 0, bool: 0, choices: 0, text: 0 }
  return programs.map(({ fields, ops }, program) => {
    const changesRules = ops.some(({ op }) => op === 'rules')
    const uses = new Map<string, number>()
    return new Map(
      Object.entries(fields).map(([name, rule]): [string, PlacedField] => {
        const key = JSON.stringify(changesRules ? [program, name] : rule)
        const nth = (uses.get(key) ?? 0) + 1
        uses.set(key, nth)
        const field = placed.get(`${key} ${nth}`) ?? { property: nextProperty(rule, counts), rule }
        placed.set(`${key} ${nth}`, field)
        return [name, field]
      }),
    )
  })
}

function nextProperty({ mode }: FieldRule, counts: { [kind in ReturnType<typeof kindOf>]: number }): string {
  const kind = kindOf(mode)
  counts[kind] += 1
  return `${kind}_${counts[kind] - 1}`
}

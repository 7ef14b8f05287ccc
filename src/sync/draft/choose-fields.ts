import type { CrmField, FieldKind } from '../../crm/index.ts'
import { likeliest, likeness } from './likeness.ts'
import type { Source } from './sources.ts'

/** A line of a first file: a source, the field that fits it best (null: none does) and what the rule says besides. */
export type Line = {
  source: Source
  field: CrmField | null
  settings: Record<string, unknown>
  /** Choices for which the field has no option that is near. */
  unplaced: string[]
}

const kindsFor: Record<Source['answers']['type'], readonly FieldKind[]> = {
  string: ['text'],
  number: ['number'],
  boolean: ['boolean'],
  enum: ['choice', 'choices', 'text'],
  date: ['date', 'datetime'],
  datetime: ['datetime', 'date'],
  list: ['choices', 'text'],
  time: ['datetime', 'date'],
}

const leastLikeness = 0.4

/** Text of which the field takes no more than this is cut by the rule, for everybody to see. */
const shortText = 1000

/** Finds a field for every source, each at most once: by name first, of those that can hold its answers. Pure. */
export function chooseFields(
  sources: readonly Source[],
  fields: readonly CrmField[],
  taken: readonly string[],
): Line[] {
  const pairs = sources.flatMap((source) =>
    fields
      .filter((field) => field.writable && !taken.includes(field.name) && fits(source, field))
      .map((field) => ({ source, field, score: scoreOf(source, field) })),
  )
  const ranked = pairs
    .filter(({ score }) => score >= leastLikeness)
    .sort((a, b) => b.score - a.score || (a.field.name < b.field.name ? -1 : 1))
  const chosen = new Map<Source, CrmField>()
  for (const { source, field } of ranked) {
    if (!chosen.has(source) && ![...chosen.values()].includes(field)) chosen.set(source, field)
  }
  return sources.map((source) => lineOf(source, chosen.get(source) ?? null))
}

function scoreOf({ from, alsoCalled }: Source, field: CrmField): number {
  const names = [...from.filter((name) => !name.startsWith('$')), ...alsoCalled]
  return Math.max(...names.map((name) => likeness(name, field)))
}

function fits({ answers }: Source, field: CrmField): boolean {
  if (!kindsFor[answers.type].includes(field.kind)) return false
  const { options } = field
  if (options === null || answers.choices === null) return true
  return answers.choices.some((choice) => likeliest(choice, options) !== null)
}

function lineOf(source: Source, field: CrmField | null): Line {
  const { answers } = source
  const line: Line = { source, field, settings: {}, unplaced: [] }
  if (field === null) return line
  if (field.kind === 'choices') line.settings.mode = 'union'
  if (answers.type === 'string' && field.maxLength !== null && field.maxLength <= shortText)
    line.settings.max_length = field.maxLength
  const { options } = field
  if (options === null || (answers.type !== 'enum' && answers.type !== 'list') || answers.choices === null) return line
  const values = answers.choices.map((choice) => [choice, likeliest(choice, options)] as const)
  line.unplaced = values.flatMap(([choice, option]) => (option === null ? [choice] : []))
  if (values.some(([choice, option]) => choice !== option)) line.settings.values = Object.fromEntries(values)
  return line
}

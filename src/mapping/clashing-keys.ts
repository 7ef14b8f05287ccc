import { z } from 'zod'
import { unknownName } from '../filters/index.ts'
import { isText } from './format.ts'
import { formatSchema } from './format-schema.ts'
import type { Locate } from './locate.ts'
import type { Problem } from './problem.ts'
import { templateMistakes, templateNames } from './read-template.ts'
import { rulesIn } from './rules-in.ts'

const ruleSchema = z.record(z.string(), z.unknown())

/** Keys that cannot stand in one rule, where the first is: why the second is out of place beside it. */
const exclusive: readonly [string, string, string][] = [
  ['template', 'from', 'a template names its items itself: leave "from" out'],
  ['template', 'values', '"values" translates what "from" says, not a template: write the words into the template'],
  ['template', 'default', '"default" belongs to "values", and a template has none'],
  ['template', 'format', 'with a template say which name: formats: { name: { … } }'],
  ['from', 'formats', '"formats" is for the names in a template; with "from" it is format: { … }'],
  ['format', 'values', 'a value is either translated by "values" or written in a "format"'],
  ['format', 'max_length', 'a number or date cut short would be another one: leave "max_length" out'],
]

/** What text is no good for, and of it what writes no value as it was said. */
const comparing = ['max', 'min', 'any', 'count']
const summing = ['any', 'count']

/** Keys of one rule that do not go together, or lack each other; looks only at them, whatever else is wrong. */
export function clashingKeys(file: unknown, locate: Locate): Omit<Problem, 'path'>[] {
  return rulesIn(file).flatMap((line, index) => {
    const rule = ruleSchema.safeParse(line).data
    if (rule === undefined) return []
    return clashesOf(rule).map(({ path, isKey, message }) => ({
      ...locate(['fields', index, ...path], isKey),
      message,
    }))
  })
}

type Clash = { path: string[]; isKey: boolean; message: string }

function clashesOf(rule: Record<string, unknown>): Clash[] {
  const has = (key: string) => Object.hasOwn(rule, key)
  const clashes = exclusive
    .filter(([one, other]) => has(one) && has(other))
    .map(([, other, message]): Clash => ({ path: [other], isKey: true, message }))
  if (!has('from') && !has('template'))
    clashes.push({ path: [], isKey: false, message: '"from" is missing: name an item, a fact or give a template' })
  if (has('default') && !has('values') && !has('template'))
    clashes.push({
      path: ['default'],
      isKey: true,
      message: '"default" needs "values": it is for what they do not name',
    })
  const text = textIn(rule)
  if (text !== null && comparing.includes(String(rule.mode)))
    clashes.push({
      path: ['mode'],
      isKey: false,
      message: `${text} makes text, which ${rule.mode} cannot work with; expected overwrite, fill_if_empty, union or merge`,
    })
  else if (has('format') && summing.includes(String(rule.mode)))
    clashes.push({
      path: ['format'],
      isKey: true,
      message: `mode: ${rule.mode} never writes what was said, so there is nothing to format: leave "format" out`,
    })
  return [...clashes, ...unknownFormats(rule)]
}

/** The key that makes text of what is said, or null where none does. */
function textIn({ template, format }: Record<string, unknown>): string | null {
  if (template !== undefined) return 'a template'
  const parsed = format === undefined ? undefined : formatSchema.safeParse(format).data
  return parsed !== undefined && isText(parsed) ? 'this format' : null
}

function unknownFormats({ template, formats }: Record<string, unknown>): Clash[] {
  const names = ruleSchema.safeParse(formats).data
  if (names === undefined || typeof template !== 'string' || templateMistakes(template).length > 0) return []
  const known = [...new Set(templateNames(template).flat())]
  return Object.keys(names)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ['formats', name],
      isKey: true,
      message: unknownName('name in the template', name, known),
    }))
}

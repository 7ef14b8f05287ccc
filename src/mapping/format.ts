import { formatDate } from './format-date.ts'
import { formatNumber } from './format-number.ts'
import { silent } from './says.ts'
import type { Format, Rule, Says, Value } from './types.ts'

/** What is said, in the format that a rule asks for; silent where it has no such form. Pure. */
export function formatted(said: Says, format: Format | undefined): Says {
  if (format === undefined || said.says !== 'value') return said
  const value = inFormat(said.value, format)
  return value === null ? silent('not_formatted') : { says: 'value', value }
}

/** Whether the format makes text of a value: no number and no day any more, so nothing that `max` could compare. */
export function isText(format: Format): boolean {
  return format.kind === 'number' ? format.written !== null : format.date !== 'yyyy-MM-dd'
}

/** Whether a rule makes text of its own out of what is said: by a template, or by a format. */
export function makesText({ template, format }: Pick<Rule, 'template' | 'format'>): boolean {
  return template !== undefined || (format !== undefined && isText(format))
}

function inFormat(value: Exclude<Value, null>, format: Format): Exclude<Value, null> | null {
  return format.kind === 'number' ? formatNumber(value, format) : formatDate(value, format)
}

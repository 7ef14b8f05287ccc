import { nothing, silent } from './says.ts'
import type { Rule, Says, Value } from './types.ts'
import { isEmpty } from './values.ts'

/**
 * What was said, by a rule's table of values: by its exact text, each entry of a list by itself. What the table does not
 * name is its `default`, or not translated where it has none. Pure.
 */
export function translate({ values, default: other }: Rule, heard: Exclude<Value, null>): Says {
  if (values === null) return { says: 'value', value: heard }
  const lookUp = (text: string) => (Object.hasOwn(values, text) ? values[text] : other)
  const value = Array.isArray(heard) ? joined(heard.map(lookUp)) : lookUp(String(heard))
  if (value === undefined) return silent('not_translated')
  return value === null || isEmpty(value) ? nothing('mapped_to_null') : { says: 'value', value }
}

function joined(entries: (Value | undefined)[]): Value | undefined {
  if (entries.includes(undefined)) return undefined
  return entries
    .filter((entry) => entry !== undefined && entry !== null)
    .flatMap((entry) => (Array.isArray(entry) ? entry : String(entry)))
}

import type { Mode, Value } from './types.ts'
import { isEmpty } from './values.ts'

/** One step of a fold: the old value and what a conversation says give the new one. Returns `old` itself where nothing changes. */
export function step(mode: Exclude<Mode, 'merge'>, old: Value, said: Exclude<Value, null>): Value {
  switch (mode) {
    case 'overwrite':
      return said
    case 'fill_if_empty':
      return isEmpty(old) ? said : old
    case 'max':
      return isEmpty(old) || isAbove(said, old) ? said : old
    case 'min':
      return isEmpty(old) || isAbove(old, said) ? said : old
    case 'any':
      return old === true ? old : said === true
    case 'union':
      return union(old, said)
    case 'count':
      return said === false ? old : (typeof old === 'number' ? old : 0) + 1
    default:
      return mode satisfies never
  }
}

/** Numbers by size, anything else (ISO dates, text) by its characters. */
function isAbove(a: Value, b: Value): boolean {
  return typeof a === 'number' && typeof b === 'number' ? a > b : String(a) > String(b)
}

function union(old: Value, said: Value): Value {
  const before = toList(old)
  const added = toList(said).filter((item) => !before.includes(item))
  return added.length === 0 && old !== null ? old : [...before, ...added]
}

function toList(value: Value): string[] {
  if (isEmpty(value)) return []
  return Array.isArray(value) ? value : [String(value)]
}

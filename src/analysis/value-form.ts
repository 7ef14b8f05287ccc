import type { CompiledItem } from './compile-items.ts'

/**
 * How the value of an item is to be written and proved, where the fixed rules do not say it: the source product has no such
 * items, and what is said to its own must not change with ours. Null for those. Pure.
 */
export function valueForm({ type, choices }: Pick<CompiledItem, 'type' | 'choices'>): string | null {
  switch (type) {
    case 'date':
      return 'YYYY-MM-DD, of the day that is meant; evidence needs a quote'
    case 'datetime':
      return 'YYYY-MM-DDTHH:MM with Z or the offset that was said, not_mentioned without a time of day; evidence needs a quote'
    case 'list':
      return choices.length > 0
        ? 'every choice that holds, each once; evidence needs a turn'
        : 'short texts, one for each thing named, in the order in which they were said; evidence needs a quote'
    default:
      return null
  }
}

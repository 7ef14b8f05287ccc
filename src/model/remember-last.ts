/**
 * Makes a thing once for as long as what it is `madeOf` stays the same, by the object that it belongs to: a config has one schema for all
 * its conversations. Only the last is remembered, and no longer than its object.
 */
export function rememberLast<T>(): (of: object, madeOf: readonly unknown[], make: () => T) => T {
  const remembered = new WeakMap<object, { madeOf: readonly unknown[]; made: T }>()
  return (of, madeOf, make) => {
    const last = remembered.get(of)
    if (last?.madeOf.every((part, place) => part === madeOf[place])) return last.made
    const made = make()
    remembered.set(of, { madeOf, made })
    return made
  }
}

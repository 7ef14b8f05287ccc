import { isDeepStrictEqual } from 'node:util'

/** The entries of `whole` that `part` does not say already, so that `{ ...part, ...difference }` holds all of `whole`. Pure. */
export function difference(whole: Record<string, unknown>, part: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(whole).filter(([key, value]) => !(Object.hasOwn(part, key) && isDeepStrictEqual(value, part[key]))),
  )
}

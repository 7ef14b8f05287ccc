import type { Says } from './types.ts'

/** Asked, and the conversation does not say it. */
export function nothing(why: string): Says {
  return { says: 'nothing', why }
}

/** Not asked, or no trustworthy answer. */
export function silent(why: string): Says {
  return { says: 'silent', why }
}

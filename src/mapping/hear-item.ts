import { nothing, silent } from './says.ts'
import type { FieldValue, Says } from './types.ts'
import { isEmpty } from './values.ts'

/**
 * What an analysis answers to the first of these items that it has: rather one that was found, then an unverified one
 * where such are written, else the first that was asked. Never blank. Pure.
 */
export function hearItem(
  names: readonly string[],
  fields: Record<string, FieldValue>,
  unverified: 'skip' | 'write',
): Says {
  const asked = names.filter((name) => Object.hasOwn(fields, name)).map((name) => fields[name])
  const answer =
    asked.find((field) => field?.status === 'found') ??
    asked.find((field) => field?.status === 'unverified' && unverified === 'write') ??
    asked[0]
  if (answer === undefined) return silent('not_asked')
  switch (answer.status) {
    case 'found':
      return saidOf(answer.value)
    case 'unverified':
      return unverified === 'write' ? saidOf(answer.value) : silent('unverified')
    case 'not_mentioned':
    case 'declined':
    case 'ambiguous':
      return nothing(answer.status)
    case 'refused':
    case 'invalid':
      return silent(answer.status)
  }
}

/** A value as it was said or is known; blank is nothing. */
export function saidOf(value: FieldValue['value']): Says {
  return value === null || isEmpty(value) ? nothing('blank') : { says: 'value', value }
}

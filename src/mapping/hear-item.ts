import { nothing, silent } from './says.ts'
import type { FieldValue, Says } from './types.ts'
import { isEmpty } from './values.ts'

/**
 * Which of these items an analysis answers by: rather one that was found, then an unverified one where such are written, else
 * the first that was asked; undefined where none was. Pure.
 */
export function answeringItem(
  names: readonly string[],
  fields: Record<string, FieldValue>,
  unverified: 'skip' | 'write',
): string | undefined {
  const asked = names.filter((name) => Object.hasOwn(fields, name))
  return (
    asked.find((name) => fields[name]?.status === 'found') ??
    asked.find((name) => fields[name]?.status === 'unverified' && unverified === 'write') ??
    asked[0]
  )
}

/** What an analysis answers to these items, by the one of `answeringItem`. Never blank. Pure. */
export function hearItem(
  names: readonly string[],
  fields: Record<string, FieldValue>,
  unverified: 'skip' | 'write',
): Says {
  const name = answeringItem(names, fields, unverified)
  const answer = name === undefined ? undefined : fields[name]
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

import type { Rule, Says, Spoken } from '../../mapping/index.ts'

/** A stamp: a field that tells when (`at`) or where (`link`) the conversation was that decides the field `of`. */
export type StampOf = { of: string; part: 'at' | 'link' }

export function stampedFields({ stamp }: Pick<Rule, 'stamp'>): { name: string; part: StampOf['part'] }[] {
  const { at, link } = stamp ?? {}
  return [
    ...(at === undefined ? [] : [{ name: at, part: 'at' as const }]),
    ...(link === undefined ? [] : [{ name: link, part: 'link' as const }]),
  ]
}

/** Whether a rule writes a field: as its own, or as a stamp of it. */
export function writesField(rule: Pick<Rule, 'field' | 'stamp'>, field: string): boolean {
  return rule.field === field || stampOf(field, rule) !== null
}

/** Which stamp of a rule a field is; null where it is the rule's own field. */
export function stampOf(field: string, rule: Pick<Rule, 'field' | 'stamp'>): StampOf | null {
  const stamp = stampedFields(rule).find(({ name }) => name === field)
  return stamp === undefined ? null : { of: rule.field, part: stamp.part }
}

/** What a conversation puts into a stamp, should it decide. */
export function stampValue({ facts }: Spoken, part: StampOf['part']): Says {
  const value = part === 'at' ? facts.$ended_at : facts.$url
  return value === null ? { says: 'nothing', why: 'not_known' } : { says: 'value', value }
}

import type { Rule } from './types.ts'

/** A rule over these items of which everything else is left at its default, of no mapping: it only hears. */
export function plainRule(from: string[]): Rule {
  return {
    hash: '',
    mapping: '',
    connection: '',
    object: '',
    field: '',
    contactField: '',
    from,
    agents: null,
    values: null,
    when: null,
    maxLength: null,
    mode: 'overwrite',
    existing: 'dated',
    humanEdits: 'keep',
    others: 'respect',
    retract: 'allow',
    unverified: 'skip',
    line: 0,
  }
}

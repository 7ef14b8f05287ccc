import { createHash } from 'node:crypto'
import type { Rule } from './types.ts'

/**
 * The version of a rule: SHA-256 (hex) over everything that decides what the cell holds. Where the rule stands in which
 * file, and the order of keys, agents and conditions, decide nothing: moving or tidying a rule keeps its version.
 */
export function ruleHash(rule: Omit<Rule, 'hash'>): string {
  const { mapping, contactField, line, owner, description, ...deciding } = rule
  return sha256(
    canonicalJson({
      ...deciding,
      agents: deciding.agents?.toSorted() ?? null,
      when: deciding.when && { ...deciding.when, conditions: deciding.when.conditions.map(canonicalJson).sort() },
    }),
  )
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

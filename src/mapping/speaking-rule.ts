import type { Rule, Says } from './types.ts'

/**
 * Of what one analysis says to the rules that share a field, the word of the rule that its conversation satisfies: there is
 * at most one (`quarrels`). A rule whose condition fails, or that is for other agents, speaks only where no other does. Pure.
 */
export function speakingRule<Heard extends { rule: Rule; says: Says }>(heard: readonly Heard[]): Heard | undefined {
  return [...heard].sort((a, b) => distance(a.says) - distance(b.says))[0]
}

function distance(says: Says): number {
  if (says.says === 'value') return 0
  if (says.why === 'agent') return 3
  return says.why === 'condition' ? 2 : 1
}

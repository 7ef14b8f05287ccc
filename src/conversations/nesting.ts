/** Deeper JSON is nobody's conversation, and PostgreSQL stops at its own stack. */
export const mostNesting = 100

/** Whether parsed JSON goes deeper than so many levels; stops looking there, so depth costs no stack. Pure. */
export function isNestedDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isNestedDeeperThan(inner, levels - 1))
}

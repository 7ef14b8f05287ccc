/** One mistake in a filter: where it stands in the input, and what would be right. */
export type FilterError = { path: (string | number)[]; message: string }

/** Where in the input we are. Mistakes are collected, not thrown, so that all are reported at once. */
export type Place = {
  path: (string | number)[]
  refuse(message: string): void
  at(...steps: (string | number)[]): Place
}

export function placeIn(errors: FilterError[], path: (string | number)[] = []): Place {
  return {
    path,
    refuse: (message) => errors.push({ path, message }),
    at: (...steps) => placeIn(errors, [...path, ...steps]),
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

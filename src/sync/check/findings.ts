import type { Locate, Mapping, Problem } from '../../mapping/index.ts'

/** What a check found: what is wrong, and what is likely not meant. */
export type Findings = { problems: Problem[]; advice: Problem[] }

export const nothingFound: Findings = { problems: [], advice: [] }

/** Everything that several checks found, in the order of the file. */
export function merged(...all: readonly Findings[]): Findings {
  const inOrder = (problems: Problem[]) => problems.sort((a, b) => a.line - b.line || a.column - b.column)
  return {
    problems: inOrder(all.flatMap((each) => each.problems)),
    advice: inOrder(all.flatMap((each) => each.advice)),
  }
}

/** Makes problems of one file at the places of their keys (`isKey`) or values. */
export function problemsOf({ path }: Mapping, locate: Locate) {
  return (place: readonly PropertyKey[], message: string, isKey = false): Problem => {
    return { path, ...locate(place, isKey), message }
  }
}

/** One mistake in a mapping file. Lines and columns count from 1. */
export type Problem = { path: string; line: number; column: number; message: string }

/** `mappings/contacts.yaml:10:9  unknown key "form"; did you mean "from"?` */
export function formatProblem(problem: Problem): string {
  return `${problem.path}:${problem.line}:${problem.column}  ${problem.message}`
}

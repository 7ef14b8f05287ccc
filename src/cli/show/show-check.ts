import { formatProblem, type Mapping } from '../../mapping/index.ts'
import type { LiveCheck } from '../../sync/index.ts'

type Behind = LiveCheck['behind'][number]

/** What a check of mapping files found: mistakes, advice, and what a backfill would bring. */
export function showCheck(mappings: readonly Mapping[], { problems, advice, unreachable, behind }: LiveCheck): string {
  const lines = [
    ...problems.map(formatProblem),
    ...advice.map((note) => formatProblem({ ...note, message: `note: ${note.message}` })),
  ]
  if (problems.length === 0) {
    const verdict = unreachable.length > 0 ? 'right as far as it could be checked' : 'right'
    lines.push(...mappings.map(({ path, rules }) => `${path}: ${rules.length} fields, ${verdict}`))
  }
  lines.push(...behind.flatMap(showBehind))
  return lines.join('\n') || 'no mapping files'
}

function showBehind({ path, line, field, olderRecords, leftOut }: Behind): string[] {
  const counts = [
    ...(olderRecords > 0 ? [`an older version of this rule decided what ${olderRecords} records hold`] : []),
    ...(leftOut > 0 ? [`${leftOut} earlier conversations stay out of it`] : []),
  ]
  return [
    `${path}:${line}  ${field}: ${counts.join('; ')}`,
    `  afterword backfill plan --mapping-only --fields ${field} --reason '…'`,
  ]
}

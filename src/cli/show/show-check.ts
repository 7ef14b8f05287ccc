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
  for (const [path, rules] of Map.groupBy(behind, (each) => each.path)) lines.push(...showBehind(path, rules))
  return lines.join('\n') || 'no mapping files'
}

function showBehind(path: string, rules: readonly Behind[]): string[] {
  const lines = rules.map(({ line, field, olderRecords, leftOut }) => {
    const counts = [
      ...(olderRecords > 0 ? [`records decided by an older version of the rule: ${olderRecords}`] : []),
      ...(leftOut > 0 ? [`earlier conversations that stay out: ${leftOut}`] : []),
    ]
    return `${path}:${line}  ${field}: ${counts.join('; ')}`
  })
  const fields = rules.map(({ field }) => field).join(' ')
  return [...lines, `  to bring them in: afterword backfill plan --mapping-only --fields ${fields} --reason '…'`]
}

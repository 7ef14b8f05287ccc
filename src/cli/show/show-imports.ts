import type { ImportReport } from '../../contacts/index.ts'
import { count, tally } from './words.ts'

/** What the imports of each connection and object have come to, in lines. Pure. */
export function showImports(reports: readonly ImportReport[]): string {
  if (reports.length === 0) return 'Nothing has been imported yet.'
  return reports.flatMap(linesOf).join('\n')
}

function linesOf({ connection, object, last, lastWhole, failed, underWay }: ImportReport): string[] {
  const lines = [`${connection} ${object}`]
  if (underWay)
    lines.push(
      `  under way since ${instant(underWay.startedAt)}: ${count(underWay.counts.scanned, 'record')} read so far`,
    )
  if (failed) lines.push(`  failed ${instant(failed.at)}, goes on from there: ${failed.message}`)
  if (last) lines.push(`  last ${last.isWhole ? 'of all' : 'of changes'} ${toldBy(last)}`)
  if (lastWhole && !last?.isWhole) lines.push(`  last of all ${toldBy(lastWhole)}`)
  return lines
}

function toldBy({ endedAt, scanned, created, changed, gone, skipped }: NonNullable<ImportReport['last']>): string {
  const isComplete = Object.values(skipped).every((number) => number === 0)
  const left = isComplete ? '' : `; left out: ${tally(skipped)}`
  return `${instant(endedAt)}: ${count(scanned, 'record')} read, ${created} new, ${changed} changed, ${gone} gone${left}`
}

function instant(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

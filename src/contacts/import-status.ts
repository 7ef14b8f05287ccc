import type { ImportReport } from './scan-store.ts'

/** A job of an import that waits or is at work. `isAll`: asked for by a person, where the schedule asks for changes. */
export type ImportJob = { connection: string; isAll: boolean; isAtWork: boolean; since: Date }

/** How the imports of all connections stand; the counts are of those under way, else of the last ones. */
export type ImportStatus = {
  status: 'queued' | 'running' | 'idle'
  startedAt: Date | null
  byHand: boolean
  /** Records read, and those of them (or numbers of one) that were left out. */
  read: number
  leftOut: number
}

/** Pure. */
export function importStatus(jobs: readonly ImportJob[], reports: readonly ImportReport[]): ImportStatus {
  const status = jobs.some((job) => job.isAtWork) ? 'running' : jobs.length > 0 ? 'queued' : 'idle'
  const under = new Set(jobs.map((job) => job.connection))
  const scans = reports.flatMap(({ connection, underWay, last }) => {
    if (status !== 'idle') return under.has(connection) && underWay ? [underWay] : []
    return last ? [{ startedAt: last.startedAt, counts: last }] : []
  })
  const leftOut = scans.flatMap(({ counts }) => Object.values(counts.skipped))
  const starts = [...scans.map((scan) => scan.startedAt), ...(scans.length === 0 ? jobs.map((job) => job.since) : [])]
  return {
    status,
    startedAt: starts.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null,
    byHand: jobs.some((job) => job.isAll),
    read: sum(scans.map(({ counts }) => counts.scanned)),
    leftOut: sum(leftOut),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

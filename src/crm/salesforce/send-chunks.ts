import type { Row } from '../rows.ts'
import { MOST_ROWS, type WritePace } from './write-pace.ts'

/**
 * Sends rows in chunks as large, and as many at once, as `pace` says when each is cut. Rows of one parent, which a write
 * locks, go in one chunk where they fit and one after the other where they do not: never two at once. Throws the first
 * failure of a chunk, after the others under way have ended.
 */
export async function sendChunks(
  rows: readonly Row[],
  pace: () => Pick<WritePace, 'rowsAtOnce' | 'chunksAtOnce'>,
  send: (chunk: Row[]) => Promise<void>,
): Promise<void> {
  const families = [...Map.groupBy(rows, parentOf)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, family]) => family)
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []

  /** What goes together next: whole families up to a full chunk, or one that fills more than that. */
  function nextRows(): Row[] {
    const next: Row[] = []
    for (let family = families[0]; family; family = families[0]) {
      if (next.length > 0 && next.length + family.length > sizeOf(pace)) break
      next.push(...family)
      families.shift()
    }
    return next
  }

  async function sendInTurn(rest: Row[]): Promise<void> {
    while (rest.length > 0 && failures.length === 0) await send(rest.splice(0, sizeOf(pace)))
  }

  while (families.length > 0 && failures.length === 0) {
    if (underWay.size >= Math.floor(pace().chunksAtOnce)) {
      await Promise.race(underWay)
      continue
    }
    const chunk: Promise<void> = sendInTurn(nextRows())
      .catch((error: unknown) => void failures.push(error))
      .then(() => void underWay.delete(chunk))
    underWay.add(chunk)
  }
  await Promise.all(underWay)
  if (failures.length > 0) throw failures[0]
}

export function parentOf(row: Row): string {
  return row.parentId ?? row.id
}

function sizeOf(pace: () => Pick<WritePace, 'rowsAtOnce'>): number {
  return Math.min(MOST_ROWS, pace().rowsAtOnce)
}

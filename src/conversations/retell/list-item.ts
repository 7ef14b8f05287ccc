import type { ConversationKind } from '../../db/index.ts'
import { ageOf } from '../store.ts'
import type { RetellObject } from './api.ts'

/** Of a conversation that is longer under way than a chat can be silent (three days), nothing more is awaited. */
const longestMs = 4 * 24 * 3_600_000
/** An analysis comes within minutes of the end, or not at all. */
const analysisMs = 15 * 60_000

/** How far an item of a list of conversations is: 0 under way, 1 over, 2 over and analysed. Pure. */
function ageOfItem(kind: ConversationKind, item: RetellObject): number {
  return ageOf({ kind, status: String(item[`${kind}_status`]), raw: item })
}

export function isOver(kind: ConversationKind, item: RetellObject): boolean {
  return ageOfItem(kind, item) > 0
}

/** Whether an item is to be retrieved: it is not stored, or was stored before the vendor had analysed it. `storedAge` is how far what is stored is. Pure. */
export function isWanted(kind: ConversationKind, item: RetellObject, storedAge: number | undefined): boolean {
  return storedAge === undefined || storedAge < ageOfItem(kind, item)
}

/** Whether the next pull has to look at an item again. Pure. */
export function mayChange(kind: ConversationKind, item: RetellObject, now: Date): boolean {
  const { start_timestamp: start, end_timestamp: end } = item
  if (typeof start !== 'number') return false
  const age = ageOfItem(kind, item)
  if (age === 0) return now.getTime() - start < longestMs
  return age === 1 && now.getTime() - (typeof end === 'number' ? end : start) < analysisMs
}

/** When an item began. Pure. */
export function startOf(item: RetellObject | undefined): Date | null {
  return typeof item?.start_timestamp === 'number' ? new Date(item.start_timestamp) : null
}

import type { FieldValue } from '../../mapping/index.ts'
import type { Fields } from '../verdict.ts'
import { type Change, compareItems } from './compare-items.ts'

/** A value of a yes-or-no or a choice that became another one, or stayed; null: none was found. */
export type Flip = { from: string | boolean | null; to: string | boolean | null; conversations: number }

/** What became of one item over many conversations, each with two analyses. */
export type ItemChanges = Record<Change, number> & {
  item: string
  /** Conversations where either analysis asked for it: the sum of the four counts above. */
  conversations: number
  /** Of these, the share that is not unchanged. */
  changedShare: number
  /** The share of those asked in which no value was found; null where nobody was asked. */
  nullRate: { before: number | null; after: number | null }
  /** From → to where both asked and the item is a yes-or-no or a choice, the most frequent first. Empty for other items. */
  flips: Flip[]
  /** Of `to`, those that no conversation had before. */
  newValues: { value: string | boolean; conversations: number }[]
  /** Pairs beyond those that are kept apart: an item whose choices changed again and again. */
  otherFlips: number
}

export type ChangeTally = {
  /** Counts one conversation. `closed` are its items with few values: yes-or-no and choices. */
  add(before: Fields, after: Fields, closed: ReadonlySet<string>): void
  /** Per item what became of it, in the order in which items came. */
  items(): ItemChanges[]
}

/** Of `asked` and `empty` the first is before, the second after. */
type Tally = Record<Change, number> & {
  asked: [number, number]
  empty: [number, number]
  flips: Map<string, number>
  otherFlips: number
}

/** An enum has at most a few hundred choices, and few pairs of them occur. */
const mostFlips = 2_000

/** Adds up what changed over any number of conversations, in memory that grows with the items and choices only. Pure. */
export function tallyChanges(): ChangeTally {
  const tallies = new Map<string, Tally>()
  return {
    add(before, after, closed) {
      for (const compared of compareItems(before, after)) {
        const { item, change } = compared
        const tally = tallies.get(item) ?? nothing()
        tallies.set(item, tally)
        tally[change] += 1
        count(tally, 0, compared.before)
        count(tally, 1, compared.after)
        if (compared.before === null || compared.after === null || !closed.has(item)) continue
        const pair = JSON.stringify([foundValue(compared.before), foundValue(compared.after)])
        if (tally.flips.size < mostFlips || tally.flips.has(pair))
          tally.flips.set(pair, (tally.flips.get(pair) ?? 0) + 1)
        else tally.otherFlips += 1
      }
    },
    items: () => [...tallies].map(([item, tally]) => toChanges(item, tally)),
  }
}

function nothing(): Tally {
  const counts = { unchanged: 0, changed: 0, appeared: 0, vanished: 0, otherFlips: 0 }
  return { ...counts, asked: [0, 0], empty: [0, 0], flips: new Map() }
}

function count(tally: Tally, side: 0 | 1, field: FieldValue | null): void {
  if (field === null) return
  tally.asked[side] += 1
  if (field.status !== 'found') tally.empty[side] += 1
}

function foundValue({ status, value }: FieldValue): string | boolean | null {
  if (status !== 'found') return null
  return typeof value === 'string' || typeof value === 'boolean' ? value : JSON.stringify(value)
}

function toChanges(item: string, tally: Tally): ItemChanges {
  const { unchanged, changed, appeared, vanished, asked, empty, otherFlips } = tally
  const conversations = unchanged + changed + appeared + vanished
  const rate = (side: 0 | 1) => (asked[side] === 0 ? null : empty[side] / asked[side])
  const flips = [...tally.flips]
    .map(([pair, number]): Flip => {
      const [from, to] = JSON.parse(pair)
      return { from, to, conversations: number }
    })
    .sort((one, other) => other.conversations - one.conversations)
  return {
    item,
    conversations,
    ...{ unchanged, changed, appeared, vanished },
    changedShare: (conversations - unchanged) / conversations,
    nullRate: { before: rate(0), after: rate(1) },
    flips,
    newValues: newValues(flips),
    otherFlips,
  }
}

function newValues(flips: readonly Flip[]): ItemChanges['newValues'] {
  const known = new Set(flips.map(({ from }) => from))
  const found = new Map<string | boolean, number>()
  for (const { to, conversations } of flips)
    if (to !== null && !known.has(to)) found.set(to, (found.get(to) ?? 0) + conversations)
  return [...found].map(([value, conversations]) => ({ value, conversations }))
}

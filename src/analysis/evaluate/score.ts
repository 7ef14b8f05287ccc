import type { Judgement, Verdict } from './judge.ts'

/** How one item came out over many conversations. Shares are null where there is nothing to share. */
export type Score = Record<Verdict, number> & {
  /** Everything judged: the sum of the five counts. */
  labels: number
  /** Of the values that were found, those that are right. */
  precision: number | null
  /** Of the values that were there to be found, those that are right. */
  recall: number | null
  /** Of the items without a value, those that were left without. */
  nullAccuracy: number | null
  /** Right or rightly empty, of everything: what `--gate` looks at. */
  agreement: number | null
}

export type ItemScore = Score & { item: string }

type Counts = Record<Verdict, number>

/** Adds up judgements in any order, in memory that grows with the items only. Pure. */
export function scoreJudgements() {
  const items = new Map<string, Counts>()
  return {
    add(judgements: readonly Judgement[]): void {
      for (const { item, verdict } of judgements) {
        const counts = items.get(item) ?? nothing()
        items.set(item, counts)
        counts[verdict] += 1
      }
    },
    /** By name. */
    items(): ItemScore[] {
      const byName = [...items].sort(([one], [other]) => (one < other ? -1 : 1))
      return byName.map(([item, counts]) => ({ item, ...toScore(counts) }))
    },
    all(): Score {
      const sum = nothing()
      for (const counts of items.values()) for (const verdict of verdicts) sum[verdict] += counts[verdict]
      return toScore(sum)
    },
  }
}

const verdicts: readonly Verdict[] = ['right', 'wrong', 'missing', 'empty', 'invented']

function nothing(): Counts {
  return { right: 0, wrong: 0, missing: 0, empty: 0, invented: 0 }
}

function toScore(counts: Counts): Score {
  const { right, wrong, missing, empty, invented } = counts
  const labels = right + wrong + missing + empty + invented
  return {
    ...counts,
    labels,
    precision: share(right, right + wrong + invented),
    recall: share(right, right + wrong + missing),
    nullAccuracy: share(empty, empty + invented),
    agreement: share(right + empty, labels),
  }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

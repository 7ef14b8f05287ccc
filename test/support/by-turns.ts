/**
 * What several accounts could each play: in the normal run, which has twenty minutes, every one of them plays its share, by turns, and at
 * least the first; all play all of it with `WIDE=1 npx vitest run …`.
 */
export function byTurns<T>(all: readonly T[], { turn, of }: { turn: number; of: number }): T[] {
  if (process.env.WIDE === '1') return [...all]
  const share = all.filter((_, place) => place % of === turn)
  return share.length > 0 ? share : all.slice(0, 1)
}

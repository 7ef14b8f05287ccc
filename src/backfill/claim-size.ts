/** Others may want what is claimed and waits; and what was looked up for it grows old. */
const enoughForMs = 2_000

/**
 * How many to claim at a time: one for each who works, or, where they were through with the last claim sooner than in two seconds, twice
 * as many as then, up to `most`; half as many where it took them longer. A claim costs the same few statements whatever its size.
 */
export function claimSize({ most }: { most: number }, clock: () => number = () => performance.now()) {
  let size = 0
  let claimedAt = clock()
  return (workers: number): number => {
    const at = clock()
    const tookMs = at - claimedAt
    claimedAt = at
    if (size > 0) size = tookMs < enoughForMs / 2 ? size * 2 : tookMs > enoughForMs ? Math.ceil(size / 2) : size
    size = Math.min(Math.max(size, workers, 1), Math.max(most, workers, 1))
    return size
  }
}

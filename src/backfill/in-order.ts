/** Longer than a claim is meant to last: whoever is at work is slow, or hangs, and others may get to it. */
const staleMs = 3_000

type Source<T> = {
  claim(): Promise<T[]>
  /** Takes back what nobody has got to. */
  giveBack(some: T[]): Promise<void>
}

/**
 * Hands things out one by one and claims the next few when they run out, with one claim at a time for all who ask. What nobody has asked for
 * three seconds after it was claimed is given back: nothing waits behind calls that hang, and what was looked up for it is not old.
 */
export function inOrder<T>(source: Source<T>, afterMs = staleMs) {
  const claimed: T[] = []
  let claiming: Promise<void> | undefined
  let stale: NodeJS.Timeout | undefined
  let givenBack = Promise.resolve()

  const claim = async (): Promise<number> => {
    const some = await source.claim()
    clearTimeout(stale)
    stale = undefined
    take(some)
    return some.length
  }
  const take = (some: T[]) => {
    claimed.unshift(...some)
    stale ??= setTimeout(giveBack, afterMs).unref()
  }
  const giveBack = () => {
    stale = undefined
    const left = claimed.splice(0)
    if (left.length > 0) givenBack = givenBack.then(() => source.giveBack(left))
  }
  const next = async (): Promise<T | undefined> => {
    while (claimed.length === 0) {
      let found = 0
      claiming ??= claim()
        .then((some) => {
          found = some
        })
        .finally(() => {
          claiming = undefined
        })
      await claiming
      if (claimed.length === 0 && found === 0) return undefined
    }
    return claimed.shift()
  }
  return {
    next,
    putBack: (one: T) => take([one]),
    /** From here on nothing is given back: what is left is the caller's, who may claim it anew. */
    async end() {
      clearTimeout(stale)
      claimed.length = 0
      await givenBack
    },
  }
}

export type Batcher<T> = {
  /** Resolves at once; or, where a whole batch waits already, when its turn has come: who waits for it never gets far ahead. */
  add(entry: T): Promise<void>
  /** Hands on what waits, as much as fits into a batch, and waits for it. */
  flush(): Promise<void>
  /** Waits for everything added. */
  end(): Promise<void>
}

/**
 * Gathers entries and hands them on in batches of at most `size`, one batch at a time: the first at once, each other `afterMs` after
 * the one before, or when it is full. A batch is closed when its turn has come: the longer the one before it takes, the more go
 * together. `flush` answers for its own failures.
 */
export function createBatcher<T>(
  limit: { size: number; afterMs: number },
  flush: (batch: T[]) => Promise<void>,
): Batcher<T> {
  const waiting: T[] = []
  let timer: NodeJS.Timeout | undefined
  let current = Promise.resolve()
  let next: Promise<void> | undefined
  let sentAt = Number.NEGATIVE_INFINITY

  const sendSoon = () => {
    timer ??= setTimeout(send, Math.max(0, sentAt + limit.afterMs - performance.now()))
  }
  const send = () => {
    clearTimeout(timer)
    timer = undefined
    next ??= current.then(() => {
      next = undefined
      const batch = waiting.splice(0, limit.size)
      if (waiting.length > 0) sendSoon()
      if (batch.length === 0) return
      sentAt = performance.now()
      current = flush(batch)
    })
    return next
  }
  return {
    async add(entry) {
      waiting.push(entry)
      if (waiting.length >= limit.size) await send()
      else sendSoon()
    },
    async flush() {
      await send()
      await current
    },
    async end() {
      while (waiting.length > 0) await send()
      await current
    },
  }
}

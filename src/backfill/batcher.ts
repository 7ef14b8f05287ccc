export type Batcher<T> = {
  add(entry: T): void
  /** Waits for everything added. Throws what a flush threw. */
  end(): Promise<void>
}

/** Gathers entries and hands them on in batches of at most `size`, none waiting longer than `afterMs`, one batch at a time. */
export function createBatcher<T>(
  limit: { size: number; afterMs: number },
  flush: (batch: T[]) => Promise<void>,
): Batcher<T> {
  let waiting: T[] = []
  let timer: NodeJS.Timeout | undefined
  let flushed: Promise<void> = Promise.resolve()

  const send = () => {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    if (batch.length > 0) flushed = flushed.then(() => flush(batch))
    // The failure is thrown by end(); without this it would end the process before.
    flushed.catch(() => undefined)
  }
  return {
    add(entry) {
      waiting.push(entry)
      if (waiting.length >= limit.size) send()
      else timer ??= setTimeout(send, limit.afterMs)
    },
    async end() {
      send()
      await flushed
    },
  }
}

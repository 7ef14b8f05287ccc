/**
 * Workers of one kind side by side, as many as `resize` said last. Each asks `mayStay` before it takes up more and goes where it is one too
 * many; where there is room new ones begin, until one of them has found nothing left to do. `work` answers for its own failures.
 */
export function openCrew(work: (mayStay: () => boolean) => Promise<void>) {
  const active = new Set<Promise<void>>()
  let size = 0
  let staying = 0
  let isOver = false

  async function begin() {
    let hasLeft = false
    await work(() => {
      if (staying <= size) return true
      staying -= 1
      hasLeft = true
      return false
    })
    if (hasLeft) return
    staying -= 1
    isOver = true
  }
  return {
    resize(to: number) {
      size = to
      while (staying < size && !isOver) {
        staying += 1
        const one: Promise<void> = begin().finally(() => active.delete(one))
        active.add(one)
      }
    },
    size: () => size,
    /** Waits until nobody works any more. */
    async end() {
      while (active.size > 0) await Promise.all(active)
    },
  }
}

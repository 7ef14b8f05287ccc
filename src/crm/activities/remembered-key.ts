/** A key field that was not there may have been made since. */
const askAgainAfterMs = 60_000

/** Whether an object has its key field: remembered once it does, asked for again every minute until then. */
export function rememberedKey(isThere: (object: string) => Promise<boolean>) {
  const asked = new Map<string, { at: number; answer: boolean }>()
  return async (object: string): Promise<boolean> => {
    const known = asked.get(object)
    if (known && (known.answer || performance.now() - known.at < askAgainAfterMs)) return known.answer
    const answer = await isThere(object)
    asked.set(object, { at: performance.now(), answer })
    return answer
  }
}

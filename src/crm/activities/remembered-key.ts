/** A key field that was not there may have been made since; without it every minute counts. */
const missingForMs = 60_000
/** One that was there may have been deleted since. */
const thereForMs = 600_000

/** What an object's fields are, for ten minutes where `hasKey` finds the key field among them, else for one. */
export function rememberedKey<T>(ask: (object: string) => Promise<T>, hasKey: (answer: T) => boolean) {
  const asked = new Map<string, { until: number; answer: T }>()
  return async (object: string): Promise<T> => {
    const known = asked.get(object)
    if (known && performance.now() < known.until) return known.answer
    const answer = await ask(object)
    asked.set(object, { until: performance.now() + (hasKey(answer) ? thereForMs : missingForMs), answer })
    return answer
  }
}

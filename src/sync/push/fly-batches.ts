/**
 * Works on batches of records, so many at once, until `take` has none left: it is told of which records it must not give any,
 * because a batch under way has them. What `work` puts aside is taken again when nothing else is under way, and then alone.
 * Throws the first failure, when what was under way has come to its end.
 */
export async function flyBatches<Batch extends { marks: readonly { recordId: number }[] }>(
  width: number,
  take: (except: readonly number[]) => Promise<Batch | null>,
  work: (batch: Batch, isAlone: boolean) => Promise<{ aside: readonly number[] }>,
): Promise<void> {
  const flying = new Map<Promise<void>, Batch>()
  const aside = new Set<number>()
  const failures: unknown[] = []

  function launch(batch: Batch, isAlone: boolean): Promise<void> {
    const flight = work(batch, isAlone)
      .then(
        (done) => done.aside.forEach((recordId) => void aside.add(recordId)),
        (error: unknown) => void failures.push(error),
      )
      // Only now, with everything stored, may another batch take these records.
      .then(() => void flying.delete(flight))
    flying.set(flight, batch)
    return flight
  }

  async function takeOrFail(except: readonly number[]): Promise<Batch | null> {
    try {
      return await take(except)
    } catch (error) {
      failures.push(error)
      return null
    }
  }

  while (failures.length === 0) {
    const busy = [...flying.values()].flatMap(({ marks }) => marks.map(({ recordId }) => recordId))
    const batch = flying.size < width ? await takeOrFail([...busy, ...aside]) : null
    if (batch) void launch(batch, width === 1)
    else if (flying.size > 0) await Promise.race(flying.keys())
    else if (aside.size === 0) break
    else {
      aside.clear()
      const rest = await takeOrFail([])
      if (rest) await launch(rest, true)
    }
  }
  await Promise.all(flying.keys())
  if (failures.length > 0) throw failures[0]
}

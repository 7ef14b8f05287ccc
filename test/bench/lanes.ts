/** Works on things one by one, so many at once. Results come in the order in which they are ready. */
export async function inLanes<T, R>(things: Iterable<T>, lanes: number, work: (thing: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const rest = things[Symbol.iterator]()
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) results.push(await work(next.value))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return results
}

import type { RecordFacts } from '../timeline/load-facts.ts'

/** A conversation or what is left of one: its times, and what orders it among those of the same. */
type Spoken = { at: number; startedAt: number; conversationId: string }

/**
 * Where conversations stand among those of the very same times once their ids are gone. Conversations of one time and start
 * are ordered by id: what is kept is the shortest beginning of the id that still tells each from the others on its record,
 * which is nothing where it has its times alone. One that comes in later and shares both times with it comes after it. Pure.
 */
export function placesOf(
  { conversations, traces }: Pick<RecordFacts, 'conversations' | 'traces'>,
  going: ReadonlySet<string>,
): Map<string, string> {
  const keys = new Map<string, Spoken>()
  // Of what is gone already, its place is all there is: several may have the same, at different times.
  for (const [index, trace] of traces.entries()) {
    keys.set(trace.rule === null && going.has(trace.conversationId) ? trace.conversationId : `gone ${index}`, trace)
  }
  for (const each of conversations) keys.set(each.conversationId, each)
  const places = new Map<string, string>()
  for (const id of [...going].sort()) {
    const own = keys.get(id)
    if (!own) continue
    const tied = [...keys.values()].filter(
      (other) =>
        other !== own && other.at === own.at && other.startedAt === own.startedAt && other.conversationId !== id,
    )
    const place = shortestBeginning(
      id,
      tied.map((other) => other.conversationId),
    )
    places.set(id, place)
    keys.set(id, { ...own, conversationId: place })
  }
  return places
}

function shortestBeginning(id: string, others: readonly string[]): string {
  for (let length = 0; length < id.length; length += 1) {
    const beginning = id.slice(0, length)
    if (others.every((other) => beginning !== other && beginning < other === id < other)) return beginning
  }
  return id
}

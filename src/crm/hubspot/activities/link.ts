import { chunked } from '../../chunked.ts'
import { MOST_PAIRS, type Pair } from './calls.ts'
import { settle, type Writing } from './writing.ts'

/** Hangs activities that are written on their contacts: `written`, or `later` where HubSpot does not say so. Twice is once. */
export async function linkAll(writing: Writing, pairs: readonly (Pair & { key: string })[]): Promise<void> {
  const { client, object, counts } = writing
  for (const { key, activityId } of pairs)
    settle(writing, key, 'later', activityId, { reason: 'not associated with its contact yet' })
  for (const chunk of chunked(pairs, MOST_PAIRS.link)) {
    const linked = await client.linkActivities(object, chunk, counts)
    for (const { key, activityId } of chunk) if (linked.has(activityId)) settle(writing, key, 'written', activityId)
  }
}

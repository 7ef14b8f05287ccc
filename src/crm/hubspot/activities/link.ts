import { chunked } from '../../chunked.ts'
import { MOST_PAIRS, type Pair } from './calls.ts'
import { settle, type Writing } from './writing.ts'

/** An activity that is to hang on a contact, and the one that it hangs on now, or may hang on; null: none. */
export type Hanging = Pair & { key: string; hangsOn: string | null }

/** Hangs activities that are written on their contacts and takes them off others: `written`, or `later` where HubSpot does not say so. Twice is once. */
export async function hangAll(writing: Writing, hanging: readonly Hanging[]): Promise<void> {
  const { client, object, counts, outcomes } = writing
  for (const { key, activityId } of hanging)
    settle(writing, key, 'later', activityId, { reason: 'not associated with its contact yet' })
  for (const chunk of chunked(hanging, MOST_PAIRS.link)) {
    const pairs = chunk.map(({ activityId, contactId }) => ({ activityId, contactId }))
    const linked = await client.linkActivities(object, pairs, counts)
    for (const { key, activityId } of chunk) if (linked.has(activityId)) settle(writing, key, 'written', activityId)
  }
  // Only once it hangs on the new one: it must not hang on none.
  const leaving = hanging.flatMap(({ key, activityId, contactId, hangsOn }) => {
    const leaves = hangsOn !== null && hangsOn !== contactId && outcomes.get(key)?.outcome === 'written'
    return leaves ? [{ key, activityId, contactId: hangsOn }] : []
  })
  for (const chunk of chunked(leaving, MOST_PAIRS.unlink)) {
    for (const { key, activityId } of chunk)
      settle(writing, key, 'later', activityId, { reason: 'still associated with the contact it leaves' })
    const pairs = chunk.map(({ activityId, contactId }) => ({ activityId, contactId }))
    await client.unlinkActivities(object, pairs, counts)
    for (const { key, activityId } of chunk) settle(writing, key, 'written', activityId)
  }
}

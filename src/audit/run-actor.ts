import type { Db } from '../db/index.ts'
import type { Actor } from './actor.ts'

/** Who asked for a run, for what is done in their name later. */
export async function runActor(db: Db, runId: number): Promise<Actor> {
  const { actor } = await db.selectFrom('runs').select('actor').where('id', '=', runId).executeTakeFirstOrThrow()
  const colon = actor.indexOf(':')
  // Written by `actorLabel`, and by nothing else.
  return colon === -1
    ? { kind: 'system', name: actor }
    : { kind: actor.slice(0, colon) as Actor['kind'], name: actor.slice(colon + 1) }
}

import { z } from 'zod'
import { defineJob, type Queue } from './queue/index.ts'

/** Every job there is, with its payload. A job that is keyed is only a hint: `tend` makes good what a crash has lost. */
export const analyse = defineJob({
  name: 'analysis.rerun',
  payload: z.object({ conversationId: z.string(), runId: z.number() }),
})
export const step = defineJob({
  name: 'backfill.step',
  policy: 'stately',
  payload: z.object({ backfillId: z.number(), lane: z.number() }),
})
export const scheduled = defineJob({
  name: 'backfill.scheduled',
  policy: 'exclusive',
  payload: z.object({ scheduleRunId: z.number() }),
})
/** Of the half-price lane, whose slices last as long as their calls: a job of its own, so that no other backfill waits for them. */
export const flexStep = defineJob({
  name: 'backfill.flex_step',
  policy: 'stately',
  payload: z.object({ backfillId: z.number(), lane: z.number() }),
})
export const push = defineJob({ name: 'sync.push', policy: 'stately', payload: z.object({ connection: z.string() }) })
export const trigger = defineJob({ name: 'triggers.rerun', payload: z.object({ requestId: z.number() }) })
export const readBack = defineJob({
  name: 'sync.read_back',
  policy: 'exclusive',
  payload: z.object({ connection: z.string() }),
})
export const importing = defineJob({
  name: 'sync.import',
  policy: 'exclusive',
  payload: z.object({ connection: z.string(), isFull: z.boolean().optional() }),
})
/** The one contact import or contact backfill that waits, whoever asked for it. */
export const contactImport = defineJob({ name: 'contacts.import', policy: 'exclusive', payload: z.object({}) })
export const contactBackfill = defineJob({ name: 'contacts.backfill', policy: 'exclusive', payload: z.object({}) })
export const lookUp = defineJob({ name: 'sync.look_up', payload: z.object({ conversationId: z.string() }) })
export const retain = defineJob({ name: 'sync.retention', policy: 'exclusive', payload: z.object({}) })

export const jobs = [
  analyse,
  step,
  flexStep,
  scheduled,
  push,
  trigger,
  readBack,
  importing,
  lookUp,
  retain,
  contactImport,
  contactBackfill,
]

/** As many workers can share one backfill; more of them would only wait for the same transaction. */
export const lanes = [0, 1, 2, 3]

/** Lets as many workers as can share a backfill take up its next steps. */
export async function takeUpSteps(
  queue: Queue,
  { id: backfillId, lane: by }: { id: number; lane: 'standard' | 'flex' },
): Promise<void> {
  const job = by === 'flex' ? flexStep : step
  for (const lane of lanes) await queue.send(job, { backfillId, lane }, { key: `${backfillId}/${lane}` })
}

/** Asks for an import of what has changed in a connection, or of all its records; one of the kind that waits or runs already is enough, and false is told. */
export async function requestImport(queue: Queue, connection: string, { isFull = false } = {}): Promise<boolean> {
  const key = isFull ? `${connection}/all` : connection
  return (await queue.send(importing, { connection, isFull }, { key })) !== null
}

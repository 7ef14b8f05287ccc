import { createRoute, z } from '@hono/zod-openapi'
import type { ListedSchedule } from '../../backfill/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'

const at = z.iso.datetime()

const runSchema = z.object({
  due_at: at.nullable().openapi({ description: 'null: asked for by hand, by `asked_by`' }),
  asked_by: z.string().nullable(),
  missed: z.number().openapi({ description: 'due times before it that nobody was there to start' }),
  state: z.enum(['claimed', 'started', 'skipped', 'empty', 'failed']).openapi({
    description: 'claimed: on its way · skipped: the run before it was still going · empty: nothing was selected',
  }),
  why: z.string().nullable(),
  claimed_at: at,
  backfill: z
    .object({
      id: z.number(),
      state: z.enum(['planned', 'running', 'paused', 'stopped', 'done', 'cancelled']),
      why: z.string().nullable().openapi({ description: 'why it is parked, or was stopped' }),
    })
    .nullable(),
})

const scheduleSchema = z
  .object({
    name: z.string(),
    path: z.string(),
    hash: z.string(),
    enabled: z.boolean(),
    every: z.string(),
    time_zone: z.string(),
    cap: z.object({ usd: z.number(), per: z.enum(['day', 'week', 'month']) }).nullable(),
    next_due_at: at.nullable().openapi({ description: 'null: it runs only by hand' }),
    last_run: runSchema.nullable(),
  })
  .openapi('Schedule')

const problemSchema = z.object({ path: z.string(), line: z.int(), column: z.int(), message: z.string() })

const list = createRoute({
  method: 'get',
  path: '/v1/schedules',
  summary: 'The backfills that files declare to repeat, when each is due next, and what became of its newest run',
  responses: {
    200: answers(
      'the schedules in force',
      z.object({
        items: z.array(scheduleSchema),
        problems: z
          .array(problemSchema)
          .describe('what is wrong with the files as saved; each that is wrong stays as it was when it was last right'),
        checked_at: at.nullable().describe('when this process last read the files'),
      }),
    ),
    ...refusals,
  },
})

export function scheduleRoutes(deps: Pick<HttpDeps, 'listSchedules' | 'scheduleFiles'>) {
  return createRouter().openapi(list, async (c) => {
    const { checkedAt, problems } = deps.scheduleFiles()
    const items = (await deps.listSchedules()).map(toJson)
    return c.json({ items, problems, checked_at: checkedAt?.toISOString() ?? null }, 200)
  })
}

function toJson({ schedule, nextDue, lastRun }: ListedSchedule): z.infer<typeof scheduleSchema> {
  const { name, path, hash, enabled, rhythm, zone, cap } = schedule
  const times = { every: rhythm, time_zone: zone, next_due_at: nextDue?.toISOString() ?? null }
  return { name, path, hash, enabled, ...times, cap, last_run: lastRun && toRunJson(lastRun) }
}

function toRunJson(run: NonNullable<ListedSchedule['lastRun']>): z.infer<typeof runSchema> {
  const { dueAt, askedBy, missed, state, why, claimedAt, backfill } = run
  const when = { due_at: dueAt?.toISOString() ?? null, claimed_at: claimedAt.toISOString() }
  return { ...when, asked_by: askedBy, missed, state, why, backfill }
}

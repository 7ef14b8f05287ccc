import { z } from '@hono/zod-openapi'
import type { BackfillStatus } from '../../backfill/index.ts'
import type { PushTotals } from '../../sync/index.ts'
import { backfillSchema, toBackfillJson } from './backfill-json.ts'
import { laneCallsShown, toLaneCallsJson } from './lane-json.ts'

const counts = z.record(z.string(), z.number())

export const activityCounts = z.object({
  created: z.number(),
  updated: z.number(),
  removed: z.number(),
  refused: z
    .number()
    .openapi({ description: 'not taken by the CRM as they are now; sent again when they change, or after a day' }),
})

const pushTotals = z.object({
  decisions: counts,
  records_written: z.number(),
  records_created: z.number().openapi({ description: 'records that the CRM did not have' }),
  waiting: z.number(),
  held: z.number(),
  activities: activityCounts.openapi({ description: 'conversations logged on records' }),
  calls: z.object({ read: z.number(), history: z.number(), write: z.number() }),
})

export const statusSchema = z
  .object({
    backfill: backfillSchema,
    settled: z.boolean(),
    items: z.object({
      total: z.number(),
      open: z.number(),
      claimed: z.number(),
      done: z.number(),
      cached: z.number(),
      outcomes: counts,
      reasons: counts,
    }),
    rate_per_minute: z
      .number()
      .nullable()
      .openapi({ description: 'conversations done a minute of late; null while it stands still' }),
    seconds_left: z.number().nullable().openapi({ description: 'for the conversations left, at that rate' }),
    model_calls: z.number(),
    lanes: laneCallsShown,
    cost_usd: z.number(),
    pushes: pushTotals.extend({ connections: z.record(z.string(), pushTotals) }),
    holds: z
      .array(z.object({ connection: z.string(), contributions: z.number(), why: z.string(), until: z.iso.datetime() }))
      .openapi({ description: 'connections that hold what is to be pushed; it goes on by itself' }),
  })
  .openapi('BackfillStatus')

export function toStatusJson(status: BackfillStatus): z.infer<typeof statusSchema> {
  const { backfill, settled, modelCalls, pushes } = status
  const { costUsd, ...items } = status.items
  return {
    backfill: toBackfillJson(backfill),
    settled,
    items,
    rate_per_minute: rounded(status.ratePerMinute),
    seconds_left: rounded(status.secondsLeft),
    model_calls: modelCalls,
    lanes: toLaneCallsJson(status),
    cost_usd: costUsd,
    pushes: {
      ...toTotalsJson(pushes),
      connections: Object.fromEntries(
        Object.entries(pushes.connections).map(([connection, totals]) => [connection, toTotalsJson(totals)]),
      ),
    },
    holds: status.holds.map(({ until, ...hold }) => ({ ...hold, until: until.toISOString() })),
  }
}

function rounded(number: number | null): number | null {
  return number === null ? null : Math.round(number)
}

function toTotalsJson({
  decisions,
  recordsWritten,
  recordsCreated,
  waiting,
  held,
  activities,
  calls,
}: PushTotals): z.infer<typeof pushTotals> {
  return {
    decisions,
    records_written: recordsWritten,
    records_created: recordsCreated,
    waiting,
    held,
    activities,
    calls,
  }
}

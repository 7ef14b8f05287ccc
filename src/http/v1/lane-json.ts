import { z } from '@hono/zod-openapi'
import { type Backfill, type BackfillStatus, type PlanInput, readDeadline } from '../../backfill/index.ts'

const lane = z.enum(['standard', 'flex'])

/** How a plan is asked to go. */
export const laneBody = {
  lane: lane.optional().openapi({
    description: 'flex: half the price and slower, where the model provider has it',
  }),
  deadline: z.string().optional().openapi({
    description: 'with the lane flex: until when; what is late goes to the standard lane. A time from now, or a time',
    example: '6h',
  }),
}

const asked = z.object(laneBody)

export function readLane({ lane, deadline }: z.infer<typeof asked>, now: Date): Pick<PlanInput, 'lane'> {
  if (lane === undefined && deadline === undefined) return {}
  return { lane: { ...(lane && { lane }), ...(deadline !== undefined && { deadlineAt: readDeadline(deadline, now) }) } }
}

const laneEstimate = z.object({
  cost_usd: z.number(),
  cost_usd_low: z.number(),
  cost_usd_high: z.number(),
  cost_usd_at_most: z.number(),
  seconds: z
    .number()
    .nullable()
    .openapi({ description: 'by how long the last calls of the lane took, without waits; null: there were none' }),
})

/** The same of a plan. */
export const laneShown = { lane, deadline_at: z.iso.datetime().nullable() }

export const lanesShown = z
  .object({ standard: laneEstimate, flex: laneEstimate })
  .optional()
  .openapi({ description: 'the lanes side by side, where the model provider has flex' })

export function toLaneJson({ lane, deadlineAt }: Backfill) {
  return { lane, deadline_at: deadlineAt?.toISOString() ?? null }
}

export function toLanesJson({ estimate: { lanes } }: Backfill) {
  return lanes ? { lanes: { standard: toEstimateJson(lanes.standard), flex: toEstimateJson(lanes.flex) } } : {}
}

function toEstimateJson(of: NonNullable<Backfill['estimate']['lanes']>['flex']): z.infer<typeof laneEstimate> {
  return {
    cost_usd: of.costUsd,
    cost_usd_low: of.costUsdLow,
    cost_usd_high: of.costUsdHigh,
    cost_usd_at_most: of.costUsdAtMost,
    seconds: of.seconds === null ? null : Math.ceil(of.seconds),
  }
}

export const laneCallsShown = z
  .object({ standard: z.number(), flex: z.number(), unavailable: z.number() })
  .openapi({ description: 'answers about conversations by the lane that served them, and how often flex had no room' })

export function toLaneCallsJson({ lanes }: BackfillStatus): z.infer<typeof laneCallsShown> {
  return lanes
}

import { z } from '@hono/zod-openapi'
import type { BackfillReport } from '../../backfill/index.ts'
import { cellSchema, failureSchema, toCellJson, toFailureJson } from '../cell-json.ts'
import { changesSchema, toChangesJson } from './changes-json.ts'
import { statusSchema, toStatusJson } from './status-json.ts'

export const reportSchema = z
  .object({
    status: statusSchema,
    cost: z.object({ estimated_usd: z.number(), actual_usd: z.number() }),
    nothing_to_do: z.boolean(),
    changes: changesSchema,
    not_analysed: z
      .array(z.object({ outcome: z.string(), reason: z.string().nullable(), conversations: z.number() }))
      .openapi({ description: 'conversations without a new analysis' }),
    summary: z.object({ records_written: z.number(), retractions: z.number(), kept_edits: z.number() }),
    commands: z
      .object({
        undo: z.string().nullable(),
        retry_writes: z.string().nullable(),
        analyse_again: z.string().nullable(),
      })
      .openapi({ description: 'to take it back, and to have tried again what failed; null: nothing to do' }),
    failures: z.array(failureSchema),
    cells: z.array(cellSchema),
  })
  .openapi('BackfillReport')

export function toReportJson(report: BackfillReport): z.infer<typeof reportSchema> {
  const { status, cost, cells, failures, nothingToDo, commands } = report
  const count = (kind: string) => cells.filter(({ decision }) => decision.decision === kind).length
  return {
    status: toStatusJson(status),
    cost: { estimated_usd: cost.estimatedUsd, actual_usd: cost.actualUsd },
    nothing_to_do: nothingToDo,
    changes: toChangesJson(report.changes),
    not_analysed: report.notAnalysed,
    summary: {
      records_written: status.pushes.recordsWritten,
      retractions: count('retract'),
      kept_edits: count('kept_edit'),
    },
    commands: { undo: commands.undo, retry_writes: commands.retryWrites, analyse_again: commands.analyseAgain },
    failures: failures.map(toFailureJson),
    cells: cells.map(toCellJson),
  }
}

import { z } from '@hono/zod-openapi'
import type { OpenMatch, Resolved } from '../../sync/index.ts'

const isoTime = z.iso.datetime()

export const stateSchema = z.enum(['parked', 'none'])

export const matchSchema = z
  .object({
    conversation_id: z.string(),
    kind: z.enum(['call', 'chat']),
    spoken_at: isoTime,
    number: z.string().nullable(),
    mapping: z.string(),
    connection: z.string(),
    object: z.string(),
    state: stateSchema,
    step: z.string().nullable().openapi({ description: 'found too many; `person`: said to be nobody’s' }),
    since: isoTime,
    waiting: z.number().openapi({ description: 'contributions that wait for a record' }),
    candidates: z.array(
      z.object({
        record: z.string(),
        name: z.string().nullable(),
        emails: z.array(z.string()),
        keys: z.array(
          z.object({ kind: z.string(), property: z.string(), from: isoTime.nullable(), to: isoTime.nullable() }),
        ),
      }),
    ),
  })
  .openapi('OpenMatch')

export const resolvedSchema = z
  .object({
    run_id: z
      .number()
      .nullable()
      .openapi({ description: 'undo it by `POST /v1/runs/{id}/undo`; null: it stood so already' }),
    conversations: z.number(),
    mappings: z.array(z.string()),
    records: z.number().openapi({ description: 'records that are folded again' }),
  })
  .openapi('ResolvedMatch')

export function toMatchJson({ conversationId, spokenAt, ...match }: OpenMatch): z.infer<typeof matchSchema> {
  return { conversation_id: conversationId, spoken_at: spokenAt, ...match }
}

export function toResolvedJson({ runId, ...resolved }: Resolved): z.infer<typeof resolvedSchema> {
  return { run_id: runId, ...resolved }
}

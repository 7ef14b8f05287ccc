import { z } from '@hono/zod-openapi'

/** An agent object of the source product: the agents room knows what must be in it, and keeps what it does not know. */
export const agentSchema = z.record(z.string(), z.unknown()).openapi('Agent')

export const agentParams = z.object({ agent_id: z.string().min(1) })

export const versionQuery = z.object({ version: z.coerce.number().pipe(z.int().min(0)).optional() })

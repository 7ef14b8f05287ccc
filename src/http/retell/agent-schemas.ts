import { z } from '@hono/zod-openapi'
import { AppError } from '../../errors.ts'

/** An agent object of the source product: the agents room knows what must be in it, and keeps what it does not know. */
export const agentSchema = z.record(z.string(), z.unknown()).openapi('Agent')

export const agentParams = z.object({ agent_id: z.string().min(1) })

export const versionQuery = z.object({
  version: z.string().min(1).optional().describe('its number, `latest`, or a tag that stands on it'),
})

/** How a list is asked for by page. */
export const pageQuery = z.object({
  limit: z.coerce.number().pipe(z.int().min(1).max(1000)).default(50),
  pagination_key: z.string().optional(),
  sort_order: z.enum(['ascending', 'descending']).default('descending'),
})

/** Where a page begins, as a text that callers hand back and do not look into. Pure. */
export function pageKey(position: string | number | null): { pagination_key?: string } {
  return position === null ? {} : { pagination_key: Buffer.from(JSON.stringify(position)).toString('base64url') }
}

/** The position out of such a text. Throws `request.bad_page` (400) for a text that we did not give. */
export function readPageKey<Schema extends z.ZodType>(key: string | undefined, schema: Schema) {
  if (key === undefined) return undefined
  try {
    return schema.parse(JSON.parse(Buffer.from(key, 'base64url').toString()))
  } catch (cause) {
    const message = 'pagination_key: is none that we gave'
    throw new AppError('request.bad_page', 'skip', message, { status: 400, cause })
  }
}

import { createHash } from 'node:crypto'

/**
 * Raise it with every change that can change an answer: rules, presets, schema, rendering, reading, evidence. Analyses of
 * another version are not reused. A test holds it against the bytes that are sent.
 *
 * 3: each item is sent once, in the schema, and no more in the instructions; an answer that was cut off, or that lacks fields, gets a
 * second try.
 */
export const engineVersion = '3'

/**
 * What makes two requests the same: same config, same conversation as rendered, same engine, same model; and where only some items
 * are asked for, the same ones beside the same others. Pure.
 */
export function requestHash(request: {
  configHash: string
  rendered: string
  model: string
  asked?: { items: string[]; others: unknown } | undefined
}): string {
  const parts: unknown[] = [request.configHash, request.rendered, engineVersion, request.model]
  if (request.asked) parts.push(request.asked)
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

import type { SchemaFormat } from '../config.ts'
import type { CompletionRequest } from './completion.ts'
import type { ProviderWays } from './profile.ts'
import { rememberLast } from './remember-last.ts'
import { schemaText } from './schema-text.ts'

/** A shorter static part is never cached. @see reference/llm.md 1.6 */
const smallestCachedTokens = 1024
const charsPerToken = 4

/**
 * The static message of a request, and whether a cache would take it. Unless the provider is known to show the model the schema that it is
 * told by a parameter, the message ends with it, the same bytes for every conversation: what is asked stands in the schema alone. It
 * says JSON, because `json_object` is refused without the word. Pure.
 */
export function staticPart(
  { showsSchema }: Pick<ProviderWays, 'showsSchema'>,
  { instructions, schema }: Pick<CompletionRequest, 'instructions' | 'schema'>,
  format: SchemaFormat,
): { text: string; isCacheable: boolean } {
  const told = schemaText(schema.body)
  const isApart = format === 'json_schema' && showsSchema
  const text = isApart ? instructions : `${instructions}\n\n${rule}\n${told}\n`
  const tokens = (text.length + (isApart ? told.length : 0)) / charsPerToken
  return { text, isCacheable: tokens >= smallestCachedTokens }
}

const remember = rememberLast<number>()

/** How many bytes of a request are the same for every conversation of its config, as estimates count them; counted once. */
export function staticBytes(
  { showsSchema }: Pick<ProviderWays, 'showsSchema'>,
  { instructions, schema }: Pick<CompletionRequest, 'instructions' | 'schema'>,
  format: SchemaFormat,
): number {
  return remember(schema.body, [showsSchema, instructions, format], () => {
    const told = format === 'json_schema' ? schemaText(schema.body) : ''
    const { text } = staticPart({ showsSchema }, { instructions, schema }, format)
    return Buffer.byteLength(text) + Buffer.byteLength(told)
  })
}

const rule =
  'Answer with one JSON object and nothing else: no words before or after it, no code fence. It follows this JSON Schema:'

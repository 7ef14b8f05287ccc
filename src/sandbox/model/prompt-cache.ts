import { createHash } from 'node:crypto'
import type { ChatRequest } from './chat-request.ts'

/** Hashes of the prompt prefixes that were written, oldest first. */
export type PromptCache = Set<string>

export type CacheUse = { cachedTokens: number; writtenTokens: number }

const MIN_TOKENS = 1_024
const MAX_BREAKPOINTS = 4
const MAX_ENTRIES = 10_000
const CHARS_PER_TOKEN = 4

export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN)
}

/** The whole prompt as the cache sees it: the schema comes before the messages (OpenAI cookbook, Prompt Caching 201). */
export function promptOf(request: ChatRequest): string {
  return schemaText(request) + request.messages.map(({ text }) => text).join('')
}

/**
 * What a request takes from the cache and adds to it: exact prefixes of 1,024 tokens and more that end at a breakpoint;
 * the implicit breakpoint, at the end of the prompt, is why a changing transcript writes and never hits.
 */
export function useCache(cache: PromptCache, request: ChatRequest): CacheUse {
  const prompt = promptOf(request)
  const prefixes = breakpointsOf(request, prompt.length)
    .map((end) => prompt.slice(0, end))
    .filter((prefix) => tokensOf(prefix) >= MIN_TOKENS)
    .map((prefix) => ({ tokens: tokensOf(prefix), hash: hashOf(request.cacheKey, prefix) }))
  const longest = prefixes.at(-1)?.tokens ?? 0
  const cachedTokens = prefixes.findLast(({ hash }) => cache.has(hash))?.tokens ?? 0
  for (const { hash } of prefixes) cache.add(hash)
  for (const oldest of cache) {
    if (cache.size <= MAX_ENTRIES) break
    cache.delete(oldest)
  }
  return { cachedTokens, writtenTokens: longest - cachedTokens }
}

function breakpointsOf(request: ChatRequest, promptLength: number): number[] {
  let start = schemaText(request).length
  const ends: number[] = []
  for (const { text, breakpoints } of request.messages) {
    ends.push(...breakpoints.map((end) => start + end))
    start += text.length
  }
  if (request.cachesImplicitly) ends.push(promptLength)
  return ends.slice(-MAX_BREAKPOINTS)
}

function schemaText(request: ChatRequest): string {
  return request.format.type === 'json_schema' ? JSON.stringify(request.format.schema) : ''
}

function hashOf(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url')
}

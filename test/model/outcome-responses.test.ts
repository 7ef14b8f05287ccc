import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readResponsesAnswer } from '../../src/model/outcome-responses.ts'

const usage = {
  input_tokens: 1200,
  output_tokens: 30,
  input_tokens_details: { cached_tokens: 1024, cache_write_tokens: 100 },
}
const tokens = { inputTokens: 1200, cachedTokens: 1024, cacheWriteTokens: 100, outputTokens: 30 }

function said(...content: object[]) {
  return [
    { type: 'reasoning', summary: [] },
    { type: 'message', role: 'assistant', content },
  ]
}
const text = (words: string) => ({ type: 'output_text', text: words, annotations: [] })

function answer(status: string, output: object[], more: object = {}) {
  return { object: 'response', model: 'gpt-6-luna-2026-09-23', status, output, usage, ...more }
}

const cutBy = (reason: string) => ({ incomplete_details: { reason } })

test.each([
  ['an answer', answer('completed', said(text('{"f01":1}'))), 'ok', null, '{"f01":1}'],
  ['an answer in parts', answer('completed', said(text('{"f01"'), text(':1}'))), 'ok', null, '{"f01":1}'],
  ['an answer in a fence', answer('completed', said(text('```json\n{"f01":1}\n```'))), 'ok', null, '{"f01":1}'],
  ['a refusal', answer('completed', said({ type: 'refusal', refusal: 'No.' })), 'refused', 'refusal', ''],
  [
    'a refusal after some text',
    answer('incomplete', said(text('{'), { type: 'refusal', refusal: 'No.' })),
    'refused',
    'refusal',
    '{',
  ],
  [
    'an answer cut short',
    answer('incomplete', said(text('{"f01"')), cutBy('max_output_tokens')),
    'truncated',
    'max_output_tokens',
    '{"f01"',
  ],
  [
    'an answer cut before its first word',
    answer('incomplete', [], cutBy('max_output_tokens')),
    'truncated',
    'max_output_tokens',
    '',
  ],
  [
    'a filtered answer',
    answer('incomplete', said(text('{"f')), cutBy('content_filter')),
    'filtered',
    'content_filter',
    '{"f',
  ],
  ['an answer cut for no reason', answer('incomplete', said(text('{'))), 'truncated', 'incomplete', '{'],
  ['no output', answer('completed', []), 'empty', 'no_output', ''],
  ['blank text', answer('completed', said(text(' \n'))), 'empty', 'no_content', ' \n'],
  ['a failure', answer('failed', [], { error: { code: 'server_error' } }), 'transport', 'server_error', ''],
  ['a failure without a code', answer('failed', [], { error: null }), 'transport', 'failed', ''],
  ['an answer that is not done', answer('in_progress', []), 'transport', 'in_progress', ''],
])('%s is one typed outcome, with its usage and request id', (_, body, outcome, reason, words) => {
  expect(readResponsesAnswer(body, 'req_1', 'gpt-6-luna')).toEqual({
    outcome,
    reason,
    text: words,
    ...(outcome === 'ok' && { json: JSON.parse(words) }),
    usage: tokens,
    isMetered: true,
    requestId: 'req_1',
    model: 'gpt-6-luna-2026-09-23',
  })
})

test.each([
  ['an error in a 200', { error: { message: 'upstream error', type: 'server_error' } }],
  ['plain text', '<html>Bad gateway</html>'],
  ['a chat completion', { choices: [{ message: { content: '{}' } }] }],
  ['nothing', undefined],
])('%s is a transport failure, not an answer', (_, body) => {
  expect(readResponsesAnswer(body, null, 'gpt-6-luna')).toMatchObject({
    outcome: 'transport',
    reason: 'bad_envelope',
    isMetered: false,
  })
})

test('usage that is missing or nonsense counts as none, and as not metered', () => {
  for (const strange of [undefined, null, 'free', { input_tokens: -5, output_tokens: 1.5 }]) {
    const read = readResponsesAnswer({ ...answer('completed', said(text('{}'))), usage: strange }, null, 'm')
    expect(read).toMatchObject({ outcome: 'ok', isMetered: false, usage: { inputTokens: 0, outputTokens: 0 } })
  }
})

test('whatever a server sends becomes an outcome, never an exception', () => {
  const near = fc.record({ status: fc.string(), output: fc.array(fc.jsonValue()) })
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), near), (body) => {
      expect(typeof readResponsesAnswer(body, null, 'm').outcome).toBe('string')
    }),
  )
})

const optional = z.string().optional()
const part = z.object({ type: z.string(), text: optional, refusal: optional })
/** What an answer has to be, said once more in another way. */
const envelope = z.object({
  status: z.string(),
  model: optional,
  output: z.array(z.object({ type: z.string(), content: z.array(part).nullish().catch(null) })),
})

test('an envelope is taken if all that is read of it has its form; a message with a part that has not says nothing', () => {
  const odd = fc.constantFrom<unknown>(undefined, null, 'message', 'output_text', '{}', 1, [], {})
  const aPart = fc.oneof(odd, fc.record({ type: odd, text: odd, refusal: odd }, { requiredKeys: [] }))
  const content = fc.oneof(odd, fc.array(aPart, { maxLength: 2 }))
  const item = fc.oneof(odd, fc.record({ type: odd, content }, { requiredKeys: [] }))
  const output = fc.oneof(odd, fc.array(item, { maxLength: 2 }))
  fc.assert(
    fc.property(fc.record({ status: odd, model: odd, output }, { requiredKeys: [] }), (body) => {
      const { data } = envelope.safeParse(body)
      const parts = data?.output.flatMap(({ type, content }) => (type === 'message' ? (content ?? []) : [])) ?? []
      const words = parts.flatMap((each) => (each.type === 'output_text' ? [each.text ?? ''] : [])).join('')
      const read = readResponsesAnswer(body, null, 'm')
      expect(read.reason !== 'bad_envelope').toBe(data !== undefined)
      expect(read.text).toBe(words)
    }),
    { numRuns: 1_000 },
  )
})

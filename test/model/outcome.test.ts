import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readResponse } from '../../src/model/outcome.ts'

const usage = {
  prompt_tokens: 1200,
  completion_tokens: 30,
  prompt_tokens_details: { cached_tokens: 1024, cache_write_tokens: 100 },
}
const tokens = { inputTokens: 1200, cachedTokens: 1024, cacheWriteTokens: 100, outputTokens: 30 }

function answer(message: unknown, finish_reason: string | null = 'stop') {
  return { model: 'gpt-6-luna-2026-09-23', choices: [{ finish_reason, message }], usage }
}

test.each([
  ['an answer', answer({ content: '{"f01":1}', refusal: null }), 'ok', null],
  ['an answer without a finish reason', answer({ content: '{}' }, null), 'ok', null],
  ['a refusal', answer({ content: null, refusal: 'I cannot help with that.' }), 'refused', 'refusal'],
  ['a filtered answer', answer({ content: '{"f01"' }, 'content_filter'), 'filtered', 'content_filter'],
  ['an answer cut short', answer({ content: '{"f01"' }, 'length'), 'truncated', 'length'],
  ['an answer cut before its first word', answer({ content: null }, 'length'), 'truncated', 'length'],
  ['no content', answer({ content: null }), 'empty', 'no_content'],
  ['blank content', answer({ content: ' \n' }), 'empty', 'no_content'],
  ['no message', answer(undefined), 'empty', 'no_content'],
  ['no choices', { choices: [], usage }, 'empty', 'no_choices'],
])('%s is one typed outcome, with its usage and request id', (_, body, outcome, reason) => {
  expect(readResponse(body, 'req_1', 'gpt-6-luna')).toMatchObject({
    outcome,
    reason,
    usage: tokens,
    requestId: 'req_1',
  })
})

test.each([
  ['an error in a 200', { error: { message: 'upstream error', type: 'server_error' } }],
  ['plain text', '<html>Bad gateway</html>'],
  ['nothing', undefined],
  ['null', null],
  ['content that is no text', answer({ content: [{ type: 'text', text: '{}' }] })],
])('%s is a transport failure, not an answer', (_, body) => {
  expect(readResponse(body, null, 'gpt-6-luna')).toMatchObject({
    outcome: 'transport',
    reason: 'bad_envelope',
    text: '',
  })
})

test('the text of a cut answer and the name of the model that answered are kept', () => {
  expect(readResponse(answer({ content: '{"f01' }, 'length'), null, 'gpt-6-luna')).toMatchObject({
    text: '{"f01',
    model: 'gpt-6-luna-2026-09-23',
  })
  expect(readResponse({ choices: [] }, null, 'gpt-6-luna').model).toBe('gpt-6-luna')
})

test('usage that is missing or nonsense counts as none', () => {
  for (const strange of [undefined, null, 'free', { prompt_tokens: -5, completion_tokens: 1.5 }]) {
    const { usage: read } = readResponse({ ...answer({ content: '{}' }), usage: strange }, null, 'm')
    expect(read).toEqual({ inputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 0 })
  }
})

test('whatever a server sends becomes an outcome, never an exception', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ choices: fc.array(fc.jsonValue()) })), (body) => {
      expect(typeof readResponse(body, null, 'm').outcome).toBe('string')
    }),
  )
})

const text = z.string().nullish()
const message = z.object({ content: text, refusal: text }).nullish()
/** What an answer has to be, said once more in another way. */
const envelope = z.object({
  model: z.string().optional(),
  choices: z.array(z.object({ finish_reason: text, message })),
})

test('an envelope is taken if all that is read of it has its form, and only then', () => {
  const odd = fc.constantFrom<unknown>(undefined, null, '', 'length', '{}', 1, [], {})
  const record = fc.record({ content: odd, refusal: odd }, { requiredKeys: [] })
  const choice = fc.oneof(odd, fc.record({ finish_reason: odd, message: fc.oneof(odd, record) }, { requiredKeys: [] }))
  const near = fc.record(
    { model: odd, choices: fc.oneof(odd, fc.array(choice, { maxLength: 2 })) },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(near, (body) => {
      const isTaken = readResponse(body, null, 'm').reason !== 'bad_envelope'
      expect(isTaken).toBe(envelope.safeParse(body).success)
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  [0, 0],
  [1024, 1024],
  [-1, 0],
  [1.5, 0],
  [2 ** 53, 0],
  ['5', 0],
  [null, 0],
  [undefined, 0],
])('%s cached tokens count as %s', (cached_tokens, cachedTokens) => {
  const body = { ...answer({ content: '{}' }), usage: { ...usage, prompt_tokens_details: { cached_tokens } } }
  expect(readResponse(body, null, 'm')).toMatchObject({
    isMetered: true,
    usage: { inputTokens: 1200, cachedTokens, cacheWriteTokens: 0 },
  })
})

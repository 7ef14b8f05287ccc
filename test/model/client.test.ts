import { expect, test } from 'vitest'
import { complete } from '../../src/model/client.ts'
import { type CompletionRequest, openModel, profileOf } from '../../src/model/index.ts'
import { answered, closedPort, modelAt, startScriptedServer } from './scripted-server.ts'

const server = await startScriptedServer()
const model = modelAt(server.url)

const request: CompletionRequest = {
  model: 'gpt-6-luna',
  instructions: 'Rules.',
  input: '[1] user: "Hallo \\"du\\" 👋"',
  schema: { name: 'analysis', body: { type: 'object', properties: {}, required: [], additionalProperties: false } },
  cacheKey: 'abc',
  maxOutputTokens: 500,
}

function error(status: number, code: string | null, headers: Record<string, string> = {}, type = 'error') {
  return { status, headers, body: { error: { message: 'sk-secret said “my PIN is 1234”', code, type, param: null } } }
}

test('an answer comes with its usage, its model and the id of the request', async () => {
  server.play(answered)
  expect(await complete({ model }, request)).toEqual({
    outcome: 'ok',
    text: '{"f01":null}',
    json: { f01: null },
    usage: { inputTokens: 10, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 2 },
    isMetered: true,
    requestId: 'req_1',
    model: 'gpt-6-luna',
    reason: null,
  })
})

test('OpenAI is told not to think, not to store and what to cache; instructions come first', async () => {
  server.play(answered)
  await complete({ model }, { ...request, instructions: 'Rules. '.repeat(1000) })
  expect(server.requests[0]).toMatchObject({
    model: 'gpt-6-luna',
    reasoning_effort: 'none',
    store: false,
    max_completion_tokens: 500,
    prompt_cache_key: 'abc',
    prompt_cache_options: { mode: 'explicit' },
    response_format: { type: 'json_schema', json_schema: { name: 'analysis', strict: true } },
    messages: [
      { role: 'developer', content: [{ type: 'text', prompt_cache_breakpoint: { mode: 'explicit' } }] },
      { role: 'user', content: request.input },
    ],
  })
})

test('a static part too short to be cached carries no breakpoint, and still turns the paid implicit write off', async () => {
  server.play(answered)
  await complete({ model }, request)
  expect(server.requests[0]).toMatchObject({ prompt_cache_options: { mode: 'explicit' } })
  expect(JSON.stringify(server.requests[0])).not.toContain('breakpoint')
})

test('any other host is sent the portable subset only', async () => {
  server.play(answered)
  const elsewhere = openModel(profileOf({ url: server.url, apiKey: null, models: {}, isSandbox: false }))
  await complete({ model: elsewhere }, { ...request, model: 'llama-4' })
  expect(Object.keys(server.requests[0] ?? {}).sort()).toEqual(['max_tokens', 'messages', 'model', 'response_format'])
  const told = {
    role: 'system',
    content: expect.stringMatching(/^Rules\.\n\nAnswer with one JSON object.*this JSON Schema:\n\{/),
  }
  expect(server.requests[0]).toMatchObject({ messages: [told, { role: 'user' }] })
})

test.each([
  ['server errors', error(500, null)],
  ['a proxy that answers 200 with an error', { body: { error: { message: 'upstream' } } }],
  ['a 200 of plain text', { body: 'Bad gateway', headers: { 'content-type': 'text/plain' } }],
  ['a broken JSON body', { body: '{"choices":' }],
  ['a connection that breaks in the middle of the body', { ...answered, delivery: 'drop' as const }],
])('%s pass: the next try answers; four of them are the outcome transport', async (_, failure) => {
  server.play(failure, failure, failure, answered)
  expect(await complete({ model }, request)).toMatchObject({ outcome: 'ok', requestId: 'req_4' })
  server.play(failure)
  expect(await complete({ model }, request)).toMatchObject({ outcome: 'transport', text: '' })
  expect(server.requests).toHaveLength(4)
})

test('a server that stalls in the middle of the body is given up at the deadline', async () => {
  server.play({ ...answered, delivery: 'stall' }, answered)
  expect(await complete({ model: modelAt(server.url, { deadlineMs: 100 }) }, request)).toMatchObject({ outcome: 'ok' })
  expect(server.requests).toHaveLength(2)
})

test('nobody listening is the outcome transport', async () => {
  const nowhere = modelAt(`http://127.0.0.1:${await closedPort()}/v1`)
  expect(await complete({ model: nowhere }, request)).toMatchObject({ outcome: 'transport', reason: 'ECONNREFUSED' })
})

test('a rate limit is waited out for as long as the provider asks', async () => {
  server.play(error(429, 'rate_limit_exceeded', { 'retry-after': '0.3' }), answered)
  const startedAt = performance.now()
  expect(await complete({ model }, request)).toMatchObject({ outcome: 'ok' })
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299)
})

test('a wait longer than we sit out here goes back to the caller, with its length', async () => {
  server.play(error(429, 'rate_limit_exceeded', { 'retry-after': '120' }), answered)
  await expect(complete({ model }, request)).rejects.toMatchObject({
    code: 'model.rate_limited',
    recovery: 'retry',
    retryAfterMs: 120_000,
  })
  expect(server.requests).toHaveLength(1)
})

test('a rate limit that never ends is an error to retry later, after four tries', async () => {
  server.play(error(429, 'rate_limit_exceeded'))
  await expect(complete({ model }, request)).rejects.toMatchObject({ code: 'model.rate_limited', recovery: 'retry' })
  expect(server.requests).toHaveLength(4)
})

test.each([
  ['model.quota', error(429, 'credit_balance_exhausted', {}, 'insufficient_quota')],
  ['model.quota', error(429, 'insufficient_quota')],
  ['model.unauthorized', error(401, 'invalid_api_key')],
  ['model.forbidden', error(403, null)],
  ['model.unknown', error(404, 'model_not_found')],
  ['model.rejected', error(400, 'invalid_json_schema')],
])('%s stops the work after one request, without the words of the provider', async (code, failure) => {
  server.play(failure)
  const thrown = await complete({ model }, request).catch((caught: unknown) => caught)
  expect(thrown).toMatchObject({ code, recovery: 'stop', facts: { requestId: 'req_1' } })
  expect(JSON.stringify([String(thrown), thrown])).not.toMatch(/secret|PIN/)
  expect(server.requests).toHaveLength(1)
})

test.each([
  ['content_filter', 'filtered'],
  ['invalid_prompt', 'filtered'],
  ['context_length_exceeded', 'truncated'],
])('a 400 of %s concerns this conversation only: %s', async (code, outcome) => {
  server.play(error(400, code))
  expect(await complete({ model }, request)).toMatchObject({ outcome, reason: code, requestId: 'req_1' })
})

test('an abort ends a call in flight and a wait between tries, with the reason of the signal', async () => {
  const reason = new Error('the service stops')
  for (const script of [{ ...answered, delivery: 'stall' as const }, error(429, null, { 'retry-after': '50' })]) {
    server.play(script)
    const controller = new AbortController()
    const asked = complete({ model }, request, { signal: controller.signal })
    await expect.poll(() => server.requests.length).toBe(1)
    controller.abort(reason)
    await expect(asked).rejects.toBe(reason)
  }
  server.play(answered)
  await expect(complete({ model }, request, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
})

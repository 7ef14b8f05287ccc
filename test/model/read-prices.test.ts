import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { costUsd, factsOf, profileOf, readPrices, shippedPrices } from '../../src/model/index.ts'
import { wireRequest } from '../../src/model/wire.ts'

const folder = await mkdtemp(path.join(os.tmpdir(), 'afterword-prices-'))
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(content: unknown): Promise<string> {
  const file = path.join(folder, 'prices.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const luna = { input: 0.2, cached: 0.02, cache_write: null, output: 1 }
const million = { inputTokens: 100_000, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }

test('without a file the table is the one that ships', async () => {
  expect(await readPrices(null)).toBe(shippedPrices)
})

test('a file changes what it names, model by model, and keeps its own day', async () => {
  const own = { usd_per_million: { input: 3, cached: 1, cache_write: 3, output: 9 }, shuts_down: '2027-05-01' }
  const models = { 'gpt-6-luna': { usd_per_million: luna }, 'own-model': own }
  const prices = await readPrices(await fileOf({ as_of: '2027-01-02', models }))
  expect(costUsd(prices, million, 'gpt-6-luna')).toBeCloseTo(0.02)
  expect(costUsd(prices, million, 'own-model')).toBeCloseTo(0.3)
  expect(factsOf(prices, 'gpt-6-luna').asOf).toBe('2027-01-02')
  expect(factsOf(prices, 'own-model')).toMatchObject({ shutsDownOn: '2027-05-01', takesBreakpoints: false })
  expect(factsOf(prices, 'gpt-6-sol')).toEqual(factsOf(shippedPrices, 'gpt-6-sol'))
})

test('another price changes nothing of what is sent', async () => {
  const prices = await readPrices(
    await fileOf({ as_of: '2027-01-02', models: { 'gpt-6-luna': { usd_per_million: luna } } }),
  )
  const profile = profileOf({ url: 'https://api.openai.com/v1', apiKey: 'k', models: {}, isSandbox: false })
  const schema = { name: 's', body: { type: 'object' } }
  const request = { instructions: 'x'.repeat(5_000), input: 'y', schema, cacheKey: 'c', maxOutputTokens: 9 }
  const sent = wireRequest({ profile, prices }, { ...request, model: 'gpt-6-luna' }, profile.format)
  expect(sent).toEqual(
    wireRequest({ profile, prices: shippedPrices }, { ...request, model: 'gpt-6-luna' }, profile.format),
  )
  expect(sent).toMatchObject({ reasoning_effort: 'none', prompt_cache_options: { mode: 'explicit' } })
})

test('everything that is wrong is said at once, each by its key', async () => {
  const models = {
    'gpt-6-luna': { usd_per_million: { input: -1, cached: 0, output: 1 } },
    own: { shuts_down: 'soon', long_context: { above_tokens: 0.5, input_times: 0.5, output_times: 1 }, price: 3 },
  }
  const file = await fileOf({ as_of: 'yesterday', models })
  await expect(readPrices(file)).rejects.toMatchObject({
    code: 'prices.invalid',
    recovery: 'stop',
    message: expect.stringContaining(`${file} (AFTERWORD_PRICES)`),
    facts: {
      problems: [
        'as_of: must be a day such as 2026-11-21',
        expect.stringMatching(/^models\.gpt-6-luna\.usd_per_million\.input: /),
        'models.gpt-6-luna.usd_per_million.cache_write: is missing',
        expect.stringMatching(/^models\.own\.long_context\.above_tokens: /),
        expect.stringMatching(/^models\.own\.long_context\.input_times: /),
        'models.own.shuts_down: must be a day such as 2026-11-21',
        'models.own.price: is no key of this file',
      ],
    },
  })
})

test.each([
  ['no JSON', '{ "as_of": ', 'not JSON'],
  ['no table', '[]', 'the file: '],
])('%s', async (_, content, problem) => {
  await expect(readPrices(await fileOf(content))).rejects.toMatchObject({
    code: 'prices.invalid',
    message: expect.stringContaining(problem),
  })
})

test('a file that is not there', async () => {
  await expect(readPrices(path.join(folder, 'none.json'))).rejects.toMatchObject({
    code: 'prices.invalid',
    message: expect.stringContaining('no such file'),
  })
})

import { describe, expect, test } from 'vitest'
import { object, openModel, schemaFormat } from './model-api.ts'

/** A request to merge texts, in words of the test's own. */
function merging(texts: string[], description = 'All texts, merged into one.') {
  const lines = texts.map((text, index) => `[${index + 1}] ${JSON.stringify(text)}`)
  return {
    model: 'sandbox-extractive-1',
    messages: [
      { role: 'developer', content: 'Make one text of these.' },
      { role: 'user', content: `--- begin 17\n${lines.join('\n')}\n--- end 17` },
    ],
    response_format: schemaFormat(object({ text: { type: 'string', description } })),
    max_completion_tokens: 4_000,
  }
}

async function mergedBy({ send }: Awaited<ReturnType<typeof openModel>>, texts: string[], description?: string) {
  const { data } = await send(merging(texts, description))
  return JSON.parse(data.choices[0]?.message.content ?? '').text
}

describe('texts that are to be merged', () => {
  test('come back line by line, in their order, each line once', async () => {
    const model = await openModel()
    const texts = ['one\ntwo', ' two \n\n"three" \\ 👋', '[1] "four"', 'one']
    expect(await mergedBy(model, texts)).toBe('one\ntwo\n"three" \\ 👋\n[1] "four"')
    expect(await mergedBy(model, texts)).toBe('one\ntwo\n"three" \\ 👋\n[1] "four"')
  })

  test('are left alone where nobody asks for that', async () => {
    expect(await mergedBy(await openModel(), ['one', 'two'], 'Whatever.')).toBe('')
  })

  test('are worded differently every time under `vary`, and blank under `blank`', async () => {
    const model = await openModel()
    model.sandbox.admin.fault({ kind: 'vary', times: 3 })
    const answers = [await mergedBy(model, ['a']), await mergedBy(model, ['a']), await mergedBy(model, ['a'])]
    expect(new Set(answers).size).toBe(3)
    model.sandbox.admin.fault({ kind: 'blank' })
    expect((await mergedBy(model, ['a'])).trim()).toBe('')
  })
})

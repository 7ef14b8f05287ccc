import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { prepareExtractions } from '../../src/analysis/index.ts'
import type { Turn } from '../../src/conversations/index.ts'
import { sampleConversations } from '../../src/sandbox/samples/index.ts'
import { sharedData } from '../support/shared-data.ts'
import { attemptsOf, config, newRun, openHouse } from './house.ts'
import { said } from './sample.ts'

const calls = sharedData('star-calls.jsonl')
const { db, deps, sandbox, newCall, rerun } = await openHouse()

/** Everything that is said in the samples, over and over, until so many words are said; the same words each time. */
function meetingOf(words: number): Turn[] {
  const texts = JSON.stringify(sampleConversations).match(/"content":"[^"\\\\]{20,}"/g) ?? []
  const turns: Turn[] = []
  for (let left = words, index = 0; left > 0; index += 1) {
    const content = JSON.parse(texts[index % texts.length]?.slice('"content":'.length) ?? '""')
    turns.push({ role: index % 2 === 0 ? 'agent' : 'user', content, at: null })
    left -= content.split(' ').length
  }
  return turns
}

async function questionOf(conversationId: string) {
  const input = { conversationId, config, runId: await newRun(db) }
  const prepared = (await prepareExtractions(deps, [input])).get(conversationId)
  if (prepared?.from !== 'question') throw new Error(`it is ${prepared?.from}`)
  return prepared
}

function linesOf(rendered: string): string[] {
  return rendered.split('\n').filter((line) => /^\[\d+\]/.test(line))
}

test('a meeting of 40,000 words is read to its last word, in one call with one outcome', async () => {
  const end = said('agent', 'So what is the budget now?', 'user', 'My budget is 4321 dollars, and that is final.')
  const turns = [...meetingOf(40_000), ...end]
  expect(turns.flatMap(({ content }) => content.split(' ')).length).toBeGreaterThan(40_000)
  const id = await newCall(turns)
  const { rendered } = await questionOf(id)
  expect(linesOf(rendered)).toHaveLength(turns.length)
  expect(linesOf(rendered).at(-1)).toContain('4321 dollars, and that is final.')
  expect(await rerun(id)).toMatchObject({ outcome: 'ok', number: 1 })
  expect(sandbox.admin.state().requests).toBe(1)
  expect(await attemptsOf(db, id)).toMatchObject([{ outcome: 'ok', input_tokens: expect.any(Number) }])
})

test('a conversation of absurd length is skipped and says so: it is not cut, and nothing is paid', async () => {
  const id = await newCall(said('user', 'word '.repeat(200_000)))
  expect(await rerun(id)).toEqual({
    conversationId: id,
    outcome: 'skipped',
    reason: 'too_long',
    cached: false,
    costUsd: 0,
  })
  expect(sandbox.admin.state().requests).toBe(0)
  expect(await attemptsOf(db, id)).toEqual([])
})

describe.skipIf(calls.absent)('of the real calls', () => {
  test('the longest is read to its last word', async () => {
    const texts = readFileSync(calls.path, 'utf8').trim().split('\n')
    const all = texts.map((line): Turn[] =>
      (JSON.parse(line).transcript_object ?? []).map(({ role, content }: Turn) => ({ role, content, at: null })),
    )
    const lengthOf = (turns: Turn[]) => turns.reduce((sum, { content }) => sum + content.length, 0)
    const longest = all.reduce((one, other) => (lengthOf(other) > lengthOf(one) ? other : one), [])
    const id = await newCall(longest)
    const lines = linesOf((await questionOf(id)).rendered)
    expect(lines.map((line) => JSON.parse(line.slice(line.indexOf('"'))))).toEqual(
      longest.map(({ content }) => content),
    )
    expect(await rerun(id)).toMatchObject({ outcome: 'ok', number: 1 })
  })
})

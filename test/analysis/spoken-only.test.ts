import { expect, test } from 'vitest'
import { prepareExtractions } from '../../src/analysis/index.ts'
import type { Turn } from '../../src/conversations/index.ts'
import { config, dialogue, openHouse } from './house.ts'

const { deps, newCall } = await openHouse()
const tool = {
  role: 'tool_call_invocation',
  content: '',
  at: null,
  name: 'book_visit',
  extra: { arguments: '{"budget":7}' },
}
const turns: Turn[] = [...dialogue.slice(0, 2), tool, ...dialogue.slice(2)]

async function rendered(conversationId: string, withoutTools: boolean): Promise<string> {
  const input = { conversationId, config, runId: 0, withoutTools }
  const prepared = (await prepareExtractions(deps, [input])).get(conversationId)
  if (prepared?.from !== 'question') throw new Error('nothing to ask')
  return prepared.rendered
}

test('without tools the model reads neither their names nor their arguments, and turns keep their numbers', async () => {
  const id = await newCall(turns)
  const whole = (await rendered(id, false)).split('\n')
  const spoken = (await rendered(id, true)).split('\n')
  expect(whole.join()).toContain('book_visit')
  expect(spoken.join()).not.toMatch(/book_visit|tool|"budget/)
  const differing = whole.filter((line, place) => line !== spoken[place])
  expect(differing).toEqual([expect.stringMatching(/^\[3\] tool_call book_visit/)])
  expect(spoken).toHaveLength(whole.length)
})

test('where no tool was called it is the same request', async () => {
  const id = await newCall()
  expect(await rendered(id, true)).toBe(await rendered(id, false))
})

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openCli } from '../cli/open-cli.ts'
import { sharedData } from '../support/shared-data.ts'
import { createWorld } from '../support/world.ts'

const files = ['star-calls.jsonl', 'star-chats.jsonl', 'agents.json', 'labels.jsonl'].map(sharedData)
const [calls, chats, agents, labels] = files.map((file) => file.path)

// The stand-in answers: that the counts add up is tried here, not how well it extracts.
describe.skipIf(files.some((file) => file.absent))('the labels of 247 real conversations', async () => {
  const world = await createWorld()
  const { actor, useCases } = world
  const { run } = openCli(world)
  const read = (file = '') => readFileSync(file, 'utf8')

  test('every label is judged once, and every conversation has one end', async () => {
    await useCases.importAgents({ file: JSON.parse(read(agents)), actor })
    const lines = [calls, chats].flatMap((file) => read(file).trim().split('\n'))
    await useCases.importConversations({ lines, actor, reason: 'test', analyse: false })
    const { code, out, err } = await run('eval', '--labels', labels ?? '', '--without-tools', '--json')
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringMatching(/^\d+ model calls, at the most \$/) })
    const { conversations, items, all, claim, configs } = JSON.parse(out)
    expect(claim).toBe('sandbox-extractive-1: no accuracy claim')
    expect(configs).toHaveLength(8)
    const { notAsked, ...ends } = conversations
    expect(ends).toEqual({ compared: 240, skipped: 7, failed: 0, notStored: 0, unknown: 0 })
    expect(notAsked).toEqual({})
    expect(all.right + all.wrong + all.missing + all.empty + all.invented).toBe(all.labels)
    // 938 values, and whether 158 conversations were a success (README of the data).
    expect(all.right + all.wrong + all.missing).toBe(938 + 158)
    // Seven conversations that never took place: every item of their agents' own is to be empty.
    expect(all.empty + all.invented).toBeGreaterThan(7)
    expect(items.reduce((sum: number, each: { labels: number }) => sum + each.labels, 0)).toBe(all.labels)
  }, 120_000)
})

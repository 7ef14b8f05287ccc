import { expect, test } from 'vitest'
import { createWorld } from '../support/world.ts'

const { useCases, actor } = await createWorld()

test('a name of an agent that PostgreSQL cannot hold stops no other line', async () => {
  const line = (id: string, agentName: string) =>
    JSON.stringify({
      call_id: id,
      agent_id: `agent_${id}`,
      agent_name: agentName,
      call_status: 'ended',
      transcript: 'User: hi\n',
    })
  const lines = [line('a', 'Desk\0'), line('b', 'Desk')]
  const report = await useCases.importConversations({ lines, actor, reason: 'test', analyse: false })
  expect(report.stored + report.problemCount).toBe(2)
  expect(report.stored).toBeGreaterThan(0)
})

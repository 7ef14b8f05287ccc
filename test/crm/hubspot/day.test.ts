import { expect, test } from 'vitest'
import { untilMidnightMs } from '../../../src/crm/hubspot/day.ts'

test('a day ends at midnight of its own zone', () => {
  const at = new Date('2026-11-21T22:30:00Z')
  expect(untilMidnightMs('UTC', at)).toBe(1.5 * 3_600_000)
  expect(untilMidnightMs('America/New_York', at)).toBe(6.5 * 3_600_000)
  expect(untilMidnightMs('UTC', new Date('2026-11-21T00:00:00Z'))).toBe(24 * 3_600_000)
})

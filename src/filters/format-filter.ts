import type { Condition, Filter, Test } from './types.ts'

/** A filter as one line for people: `calls with direction = "inbound" and duration_ms ≥ 20000`. Pure. */
export function formatFilter(filter: Filter): string {
  const noun = { call: 'calls', chat: 'chats', any: 'calls and chats' }[filter.kind]
  if (filter.conditions.length === 0) return `all ${noun}`
  return `${noun} with ${filter.conditions.map(formatCondition).join(' and ')}`
}

function formatCondition(condition: Condition): string {
  if (condition.field === 'agent') {
    const agents = condition.anyOf.map(({ agentId, versions }) =>
      [agentId, ...versions.map((version) => `v${version}`)].join(' '),
    )
    return `agent ${agents.join(' or ')}`
  }
  if (condition.field === 'tool_calls') {
    return `a tool call with ${condition.tests.map(({ part, test }) => `${part} ${formatTest(test, false)}`).join(', ')}`
  }
  const isTime = condition.field === 'start_timestamp' || condition.field === 'end_timestamp'
  const name = 'key' in condition ? `${condition.field}.${condition.key}` : condition.field
  return `${name} ${formatTest(condition.test, isTime)}`
}

const signs = {
  eq: '=',
  ne: '≠',
  gt: '>',
  ge: '≥',
  lt: '<',
  le: '≤',
  sw: 'starts with',
  ew: 'ends with',
  co: 'contains',
}

function formatTest(test: Test, isTime: boolean): string {
  switch (test.type) {
    case 'present':
      return test.op === 'pr' ? 'is present' : 'is absent'
    case 'enum':
      return `in ${test.value.map((text) => JSON.stringify(text)).join(', ')}`
    case 'range':
      return `from ${formatNumber(test.value[0], isTime)} to ${formatNumber(test.value[1], isTime)}`
    case 'number':
      return `${signs[test.op]} ${formatNumber(test.value, isTime)}`
    case 'string':
    case 'boolean':
      return `${signs[test.op]} ${JSON.stringify(test.value)}`
  }
}

/** Times as ISO dates, without the clock where it is midnight. What lies outside the calendar stays a number. */
function formatNumber(value: number, isTime: boolean): string {
  if (!isTime || Math.abs(value) > 8.64e15) return String(value)
  return new Date(value).toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z')
}

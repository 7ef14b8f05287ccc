import { expect, test } from 'vitest'
import { readVendorAnalysis } from '../../src/analysis/index.ts'

const found = (value: unknown) => ({ value, status: 'found', evidence: [] })
const unsaid = { value: null, status: 'not_mentioned', evidence: [] }

test('presets and custom data are items of one analysis, each found, unsaid or unreadable', () => {
  const call_analysis = {
    call_summary: 'Zoë "said" \\ 👋',
    call_successful: false,
    in_voicemail: true,
    custom_analysis_data: { budget: 0, wants: ['a', 'b'], company: ' ', city: null, odd: { deep: 1 }, odder: [1] },
  }
  expect(readVendorAnalysis({ kind: 'call', raw: { call_analysis } })).toEqual({
    call_summary: found('Zoë "said" \\ 👋'),
    call_successful: found(false),
    budget: found(0),
    wants: found(['a', 'b']),
    company: unsaid,
    city: unsaid,
    odd: { value: null, status: 'invalid', evidence: [], reason: 'malformed' },
    odder: { value: null, status: 'invalid', evidence: [], reason: 'malformed' },
  })
})

test.each<[string, Record<string, unknown>]>([
  ['no analysis', {}],
  ['an empty one', { call_analysis: {} }],
  ['one that is none', { call_analysis: ['x'] }],
  ['what was heard on the line alone', { call_analysis: { in_voicemail: true, custom_analysis_data: {} } }],
  ['that of a chat', { chat_analysis: { chat_summary: 'x' } }],
])('%s of a call is none', (_, raw) => expect(readVendorAnalysis({ kind: 'call', raw })).toBeNull())

import { describe, expect, test } from 'vitest'
import type { ActivityDraft } from '../../../src/crm/activities/contract.ts'
import { activityKey } from '../../../src/crm/activities/key.ts'
import { bodyOf, keyInBody, titleOf } from '../../../src/crm/activities/text.ts'
import { propertiesOf } from '../../../src/crm/hubspot/activities/properties-of.ts'
import { draft } from './draft.ts'

const plain = { longest: 200, paragraph: (text: string) => `${text}\n`, link: (text: string) => `${text}\n` }
const html = (changes: Partial<ActivityDraft>) =>
  propertiesOf({ ...draft, ...changes }, { hasKey: false }).hs_call_body ?? ''

describe('the body of an activity', () => {
  test('says what came of it, how it ended, where to read it and whose it is', () => {
    const said =
      'Wants a table.\nEnded: user_hangup\nhttps://example.com/calls/1?a=1&b=2\nAfterword conversation call_1\n'
    expect(bodyOf(draft, plain)).toBe(said)
    expect(titleOf(draft)).toBe('Outbound call')
    expect(titleOf({ ...draft, kind: 'chat', direction: null })).toBe('Chat')
  })

  test.each([1, 50, 500, 5_000])('is cut between characters, marked, and keeps its end: %i', (length) => {
    const body = bodyOf({ ...draft, summary: '👍🏽é'.repeat(length) }, plain)
    expect(body.length).toBeLessThanOrEqual(200)
    expect(body.isWellFormed()).toBe(true)
    expect(keyInBody(body)).toBe('call_1')
    expect(body.includes('…')).toBe(length > 1 && length * 7 > 110)
  })

  test('in HTML is escaped, and cut by what that makes of it', () => {
    const body = html({ summary: `<img src=x onerror="alert('1')"> & "quotes"\nline two` })
    expect(body).toContain(
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; &quot;quotes&quot;<br>line two',
    )
    expect(body).toContain('<a href="https://example.com/calls/1?a=1&amp;b=2">')
    const long = html({ summary: '<>&"\''.repeat(20_000) })
    expect(long.length).toBeLessThanOrEqual(65_536)
    expect(long.length).toBeGreaterThan(65_500)
    expect(keyInBody(long)).toBe('call_1')
  })

  test('never links where a browser would run it', () => {
    expect(html({ url: 'javascript:alert(1)' })).not.toContain('<a ')
    expect(html({ url: 'https://x/"onclick="y' })).toContain('<a href="https://x/&quot;onclick=&quot;y">')
  })

  test('is recognised by its end, whatever a summary claims and however it was reformatted', () => {
    expect(keyInBody(html({ summary: 'Afterword conversation call_2' }))).toBe('call_1')
    expect(keyInBody('<DIV>x</DIV>\n<P class="a">Afterword conversation call_1</P>\n')).toBe('call_1')
    expect(keyInBody('Wants a table.')).toBe(null)
  })

  test('has no control characters, and no half of a pair', () => {
    expect(bodyOf({ ...draft, summary: 'a\u0000b\u0007c\ud83d' }, plain)).toContain('abc\ufffd\n')
  })
})

test('a key is the id, or tells ids apart that CRMs would take for one', () => {
  expect(activityKey('call_0a1b')).toBe('call_0a1b')
  const [upper, lower] = [activityKey('Call_A'), activityKey('call_a')]
  expect(upper.toLowerCase()).not.toBe(lower.toLowerCase())
  expect(activityKey('CALL_A').toLowerCase()).not.toBe(upper.toLowerCase())
  const [one, other] = [activityKey(`${'x'.repeat(300)}1`), activityKey(`${'x'.repeat(300)}2`)]
  expect(one).not.toBe(other)
  expect(one.length).toBeLessThanOrEqual(200)
  expect(keyInBody(html({ key: activityKey('Gespräch Nr. 7 "x"') }))).toBe(activityKey('Gespräch Nr. 7 "x"'))
})

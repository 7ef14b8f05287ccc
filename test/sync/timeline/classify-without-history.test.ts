import { describe, expect, test } from 'vitest'
import { eventsOf, history, known, look, state, stateOf, written } from './looks.ts'

const byUs = { ...look('V'), changedByUs: true }

describe('a CRM that tells only who changed a record last', () => {
  test('what stands in a field of our last write is ours, however it was reformatted', () => {
    const ours = known({ state: written, intended: ['v'], inLastWrite: true })
    expect(eventsOf(byUs, ours)).toEqual([])
    expect(stateOf(byUs, ours)).toMatchObject({ ours: true, seen: 'V', sent: 'v', landed: 'V' })
  })

  test('after a crash too, of an intent whose answer was lost', () => {
    const open = known({ state: state({ seen: 'a' }), intended: ['v'], openIntent: true, inLastWrite: true })
    expect(stateOf(byUs, open)).toMatchObject({ ours: true, sent: 'v', landed: 'V' })
  })

  test('it says nothing of a field that our last write did not contain', () => {
    expect(eventsOf(byUs, known({ state: written, intended: ['v'] }))).toEqual([['edited', 150, 'unknown', 'V']])
  })

  test('what came between our reading and our write of another field stands at that write, the latest it can be', () => {
    const afterOurs = { ...byUs, changedAt: 300, othersChangedAt: 150 }
    expect(eventsOf(afterOurs, known({ state: written, intended: ['v'] }))).toEqual([['edited', 300, 'unknown', 'V']])
  })

  test('at first touch our own write of another field is no change of this one', () => {
    const afterOurs = { ...byUs, changedAt: 300, othersChangedAt: 150 }
    expect(eventsOf(afterOurs, known())).toEqual([['base', 150, 'unknown', 'V']])
  })

  test('once somebody else has changed the record, it says nothing either', () => {
    const ours = known({ state: written, intended: ['v'], inLastWrite: true })
    expect(eventsOf(look('V'), ours)).toEqual([['edited', 150, 'unknown', 'V']])
  })
})

describe('a history that begins with the first change', () => {
  const [oldest] = history([119, 'unknown', 'before'])
  const entries = [...history([120, 'person', 'typed']), ...(oldest ? [{ ...oldest, atLatest: true as const }] : [])]

  test('tells at first touch what stood before', () => {
    expect(eventsOf(look('typed', entries), known({ switchedOnAt: 200 }))).toEqual([
      ['base', 119, 'unknown', 'before'],
      ['base', 120, 'person', 'typed'],
    ])
  })

  test('later we have seen that ourselves: our first write makes no edit of it', () => {
    const [before] = history([119, 'unknown', 'a'])
    const told = [...history([120, 'us', 'v']), ...(before ? [{ ...before, atLatest: true as const }] : [])]
    const touched = known({ state: state({ seen: 'v', ours: true, sent: 'v', landed: 'v', unread: true }) })
    expect(eventsOf(look('v', told), { ...touched, intended: ['v'] })).toEqual([])
  })
})

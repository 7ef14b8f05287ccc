import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { quietHold } from '../../src/limits/index.ts'
import { kinds } from '../../src/main/index.ts'

/** The paces of a connection whose quiet hours are set so. */
function pacesOf(quiet: string) {
  const { connections } = parseConfig(
    {
      AFTERWORD_CONNECTIONS: 'main',
      AFTERWORD_CONNECTION_MAIN_KIND: 'hubspot',
      AFTERWORD_CONNECTION_MAIN_TOKEN: 'secret',
      AFTERWORD_CONNECTION_MAIN_QUIET_HOURS: quiet,
    },
    kinds,
  )
  return new Map(connections.map(({ name, pace }) => [name, pace]))
}

/** When they end that are on at a time, in UTC; null outside of them. */
function until(quiet: string, at: string): string | null {
  return quietHold(pacesOf(quiet), 'main', new Date(at))?.until.toISOString().replace(':00.000', '') ?? null
}

const night = '22:00-06:00 Europe/Berlin'

describe('quiet hours', () => {
  // In November Berlin is an hour ahead of UTC, in July two.
  test.each([
    [night, '2026-11-26T20:59:59Z', null],
    [night, '2026-11-26T21:00:00Z', '2026-11-27T05:00Z'],
    [night, '2026-11-27T04:59:59Z', '2026-11-27T05:00Z'],
    [night, '2026-11-27T05:00:00Z', null],
    [night, '2026-07-10T20:00:00Z', '2026-07-11T04:00Z'],
    ['09:00-17:00 Asia/Kolkata', '2026-11-26T03:29:59Z', null],
    ['09:00-17:00 Asia/Kolkata', '2026-11-26T03:30:00Z', '2026-11-26T11:30Z'],
    // A day is the one on which a window begins: the night from Friday to Saturday, but not the next one.
    ['mon-fri 22:00-06:00 UTC', '2026-11-28T03:00:00Z', '2026-11-28T06:00Z'],
    ['mon-fri 22:00-06:00 UTC', '2026-11-28T23:00:00Z', null],
    ['sat-mon 00:00-24:00 UTC', '2026-11-28T12:00:00Z', '2026-12-01T00:00Z'],
    ['sun 12:00-13:00 UTC', '2026-11-29T12:30:00Z', '2026-11-29T13:00Z'],
    ['sun 12:00-13:00 UTC', '2026-11-30T12:30:00Z', null],
    // One window follows upon another.
    ['22:00-02:00, 02:00-06:00 UTC', '2026-11-26T23:00:00Z', '2026-11-27T06:00Z'],
    ['mon-fri 22:00-24:00, tue-sat 00:00-06:00 UTC', '2026-11-26T23:00:00Z', '2026-11-27T06:00Z'],
  ])('%s at %s: %s', (quiet, at, expected) => {
    expect(until(quiet, at)).toBe(expected)
  })

  test('an hour that the clock shows twice is quiet both times', () => {
    const quiet = '01:00-02:30 Europe/Berlin'
    // On 25 October 2026 the clock goes from 03:00 back to 02:00, at 01:00 UTC.
    const end = '2026-10-25T01:30Z'
    for (const at of ['2026-10-24T23:30:00Z', '2026-10-25T00:15:00Z', '2026-10-25T00:45:00Z', '2026-10-25T01:15:00Z'])
      expect([at, until(quiet, at)]).toEqual([at, end])
    expect(until(quiet, '2026-10-25T01:30:00Z')).toBeNull()
  })

  test('a time that the clock skips counts as so much later', () => {
    // On 29 March 2026 the clock goes from 02:00 to 03:00, at 01:00 UTC.
    expect(until('22:00-02:30 Europe/Berlin', '2026-03-29T00:59:00Z')).toBe('2026-03-29T01:30Z')
    expect(until('02:30-04:00 Europe/Berlin', '2026-03-29T01:15:00Z')).toBeNull()
    expect(until('02:30-04:00 Europe/Berlin', '2026-03-29T01:45:00Z')).toBe('2026-03-29T02:00Z')
  })

  test('are told with the time they end by their own clock', () => {
    const hold = (quiet: string, at: string) => quietHold(pacesOf(quiet), 'main', new Date(at))?.why
    expect(hold(night, '2026-11-26T23:00:00Z')).toBe('quiet hours of main until 06:00 Europe/Berlin')
    expect(hold('sat-sun 00:00-24:00 UTC', '2026-11-28T12:00:00Z')).toBe(
      'quiet hours of main until 2026-11-30 00:00 UTC',
    )
    expect(quietHold(new Map(), 'main', new Date())).toBeNull()
  })

  test.each([
    ['22:00-06:00', 'must end with an IANA time zone'],
    ['22:00-06:00 Europe/Berlinn', 'must end with an IANA time zone'],
    ['22:00-06:00 +01:00', 'must end with an IANA time zone'],
    ['22-6 UTC', 'window 1 cannot be read'],
    ['22:00-06:00, 25:00-26:00 UTC', 'window 2 cannot be read'],
    ['12:00-12:00 UTC', 'window 1 cannot be read'],
    ['mo-fr 22:00-06:00 UTC', 'window 1 cannot be read'],
    ['UTC', 'window 1 cannot be read'],
    ['00:00-24:00 UTC', 'leave no time at all to write'],
    ['00:00-12:00, 12:00-24:00 UTC', 'leave no time at all to write'],
  ])('%s is refused at the start: %s', (quiet, message) => {
    expect(() => pacesOf(quiet)).toThrow(`AFTERWORD_CONNECTION_MAIN_QUIET_HOURS: ${message}`)
  })
})

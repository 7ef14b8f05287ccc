import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import { leakIn } from '../support/watched-log.ts'

test.each([
  ['a token', 'Bearer sandbox-hubspot'],
  ['a token', '00Dxx0000001gERSA2!AQ4AQFakeToken'],
  ['a number', 'tel +12125550123'],
  ['a number', 'tel (212) 555-0123'],
  ['an e-mail', 'ada@example.com'],
  ['what was said', 'I want the Pro plan.'],
  ['what a field held', 'typed 3 hello'],
])('the logs of all worlds are searched for %s', (kind, text) => {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-log-'))
  const path = join(folder, 'log')
  // Deep in the cause of an error, as it is most easily overlooked.
  const error = new AppError('crm.refused', 'stop', 'refused', { cause: new Error(text) })
  createLog('warn', path).warn({ err: error }, 'a push has failed')
  expect(leakIn(readFileSync(path, 'utf8'))).toBe(kind)
  rmSync(folder, { recursive: true })
})

test('an ordinary line tells nothing', () => {
  expect(
    leakIn('{"level":40,"connection":"main","attempt":1,"reason":"HubSpot answered 503 INTERNAL_ERROR"}'),
  ).toBeNull()
})

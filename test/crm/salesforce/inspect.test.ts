import { describe, expect, test } from 'vitest'
import { salesforceOn } from '../../contract/salesforce-account.ts'
import type { Scripted } from '../scripted-server.ts'
import { refused, startScriptedOrg } from './scripted-org.ts'

const limits = { body: { DailyApiRequests: { Max: 100, Remaining: 90 } } }

/** What is found of the day's calls where the org answers so. */
async function dayOf(answers: { limits: Scripted; organization?: Scripted }) {
  const org = await startScriptedOrg(({ path, soql }) => {
    if (path.endsWith('/limits')) return answers.limits
    return soql.includes('FROM Organization') ? answers.organization : undefined
  })
  const findings = await salesforceOn(org).inspect?.({ objects: ['Contact'], writes: false })
  expect(findings).toContainEqual({ about: 'Contact permissions', verdict: 'ok', found: 'our user may read' })
  return findings?.find(({ about }) => about === 'daily limit')
}

describe('a user who sees no more than its work needs', () => {
  test('and not the limits of the org, is told so', async () => {
    expect(await dayOf({ limits: refused(403, 'INSUFFICIENT_ACCESS') })).toMatchObject({
      verdict: 'warning',
      found: expect.stringContaining('does not tell our user'),
      advice: expect.stringContaining('View Setup and Configuration'),
    })
  })

  test('and not its edition, is told of the calls all the same', async () => {
    const found = '90 of 100 calls in 24 hours left, unknown edition'
    expect(await dayOf({ limits, organization: refused(400, 'INVALID_TYPE') })).toMatchObject({ verdict: 'ok', found })
  })
})

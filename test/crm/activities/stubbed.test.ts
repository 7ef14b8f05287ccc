import { describe, expect, test } from 'vitest'
import { createActivities as createHubspot } from '../../../src/crm/hubspot/activities/activities.ts'
import type { NewActivity } from '../../../src/crm/hubspot/activities/calls.ts'
import type { HubspotClient } from '../../../src/crm/hubspot/client.ts'
import { HubspotError, toAppError as toHubspot } from '../../../src/crm/hubspot/errors.ts'
import { createActivities as createSalesforce } from '../../../src/crm/salesforce/activities/activities.ts'
import type { SalesforceClient } from '../../../src/crm/salesforce/client.ts'
import { toAppError as toSalesforce } from '../../../src/crm/salesforce/errors.ts'
import type { RowError, SavedRow } from '../../../src/crm/salesforce/wire.ts'
import { keyField } from '../../support/activities.ts'
import { newRow } from './draft.ts'

// What the sandboxes never do.

describe('tasks of an org', () => {
  const refused = (code: string, message = ''): SavedRow => ({
    id: undefined,
    success: false,
    errors: [{ code, message, fields: [] }] satisfies RowError[],
  })

  function org(client: Partial<SalesforceClient>) {
    return createSalesforce({
      client: client as SalesforceClient,
      timeZone: () => 'UTC',
      explain: (error) => toSalesforce(error, 'main'),
    })
  }

  test.each([
    ['INSUFFICIENT_ACCESS_OR_READONLY', 3_600_000],
    ['DELETE_FAILED', 3_600_000],
    ['UNABLE_TO_LOCK_ROW', undefined],
  ])(
    'that may not be deleted (%s) are asked for again after an hour, or soon where a lock passes',
    async (code, ms) => {
      const activities = org({ destroy: async () => [refused(code)] })
      const [outcome] = await activities.remove([{ key: 'call_1', kind: 'call', activityId: '00T1', recordId: '0031' }])
      expect(outcome).toMatchObject({ outcome: 'later', activityId: '00T1' })
      expect(outcome?.retryAfterMs).toBe(ms)
    },
  )

  test('whose deletion is not answered are asked for again soon', async () => {
    const activities = org({ destroy: async () => [] })
    const [outcome] = await activities.remove([{ key: 'call_1', kind: 'call', activityId: '00T1', recordId: '0031' }])
    expect(outcome).toMatchObject({ outcome: 'later', activityId: '00T1' })
    expect(outcome?.retryAfterMs).toBeUndefined()
  })

  test.each(['UNABLE_TO_LOCK_ROW, unable to obtain …', 'System.LimitException: Too many SOQL queries: 101'])(
    'whose trigger ran into "%s" are written again',
    async (message) => {
      const answers = [
        refused('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `T: ${message}`),
        { id: '00T1', success: true, errors: [] },
      ]
      const field = { name: keyField.salesforce, externalId: true, createable: true, updateable: true }
      const activities = org({
        describe: (async () => ({ fields: [field], updateable: true })) as unknown as SalesforceClient['describe'],
        queryAll: (async () => []) as unknown as SalesforceClient['queryAll'],
        upsert: async () => answers.splice(0, 1),
      })
      expect(await activities.write([newRow('0031')])).toMatchObject([{ outcome: 'written', activityId: '00T1' }])
    },
  )
})

describe('calls of an account', () => {
  const field = { name: keyField.hubspot, unique: true, writable: true }
  const problem = { field: keyField.hubspot, code: 'PROPERTY_DOESNT_EXIST', reason: 'gone', isSchema: true as const }

  function portal(client: Partial<HubspotClient>) {
    return createHubspot({
      client: client as HubspotClient,
      schema: { get: async () => [], renew: async () => [field] } as never,
      explain: (error) => toHubspot(error, 'main', 0),
    })
  }
  const upsertActivities = async () => {
    throw new HubspotError('refused', 'no such property', { status: 400, problems: [problem] })
  }

  test.each([
    ['one by one', 1],
    ['as a batch', 2],
  ])('whose key was deleted since are created without it, refused %s', async (_, count) => {
    const sent: Record<string, string>[] = []
    const activities = portal({
      createActivities: (async (_object: string, rows: readonly NewActivity[]) => {
        sent.push(...rows.map(({ properties }) => properties))
        if (rows.some(({ properties }) => keyField.hubspot in properties)) return upsertActivities()
        return { results: rows.map(({ key }) => ({ id: `7${key}`, objectWriteTraceId: key, properties: {} })) }
      }) as never,
      upsertActivities,
    })
    const rows = Array.from({ length: count }, (_each, place) => newRow('1', { key: `call_${place}` }))
    const outcomes = await activities.write(rows)
    expect(outcomes).toMatchObject(rows.map(({ draft: { key } }) => ({ outcome: 'written', activityId: `7${key}` })))
    expect(sent.some((properties) => !(keyField.hubspot in properties))).toBe(true)
  })

  test('whose key was deleted since, and whose creation was not answered, are not known', async () => {
    const createActivities = async () => {
      throw new HubspotError('lost', 'no answer', {})
    }
    const activities = portal({ createActivities, upsertActivities })
    expect(await activities.write([newRow('1')])).toMatchObject([{ outcome: 'unknown', activityId: null }])
  })
})

import {
  BasicApi,
  BatchApi,
  createConfiguration,
  SearchApi,
  ServerConfiguration,
} from '@hubspot/api-client/lib/codegen/crm/contacts/index.js'
import { onTestFinished } from 'vitest'
import { type HubspotSandboxOptions, startHubspotSandbox } from '../../src/sandbox/hubspot/index.ts'

type WireContact = {
  id: string
  properties: Record<string, string | null>
  propertiesWithHistory?: Record<string, { value: string; timestamp: string; sourceType: string }[]>
}

/** What the tests look into, of all that HubSpot answers. */
type WireBody = WireContact & { message: string; results: WireContact[]; errors?: unknown[]; numErrors?: number }

/** A sandbox of the test's own, with the real SDK and plain HTTP to speak to it. Its clock moves only by `advance`. */
export async function openPortal(options: HubspotSandboxOptions = {}) {
  let now = Date.parse('2026-11-21T09:00:00.000Z')
  const sandbox = await startHubspotSandbox({ clock: () => now, searchLagMs: 0, ...options })
  onTestFinished(() => sandbox.close())

  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(sandbox.url, {}),
    authMethods: { oauth2: { accessToken: 'sandbox-hubspot' } },
  })

  async function call(method: string, path: string, body?: unknown) {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: { authorization: 'Bearer sandbox-hubspot', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as WireBody
    return { status: response.status, headers: response.headers, body: answer }
  }

  return {
    sandbox,
    batch: new BatchApi(configuration),
    basic: new BasicApi(configuration),
    search: new SearchApi(configuration),
    call,
    /** A batch call by plain HTTP, for bodies that the SDK would not send and answers that it would throw. */
    post: (operation: string, body: unknown) => call('POST', `/crm/v3/objects/contacts/${operation}`, body),
    /** What the API answers for one contact. */
    read: async (id: string, ...names: string[]) =>
      (await call('GET', `/crm/v3/objects/contacts/${id}?properties=${names.join(',')}`)).body.properties,
    /** The history of one property, newest first. */
    history: async (id: string, name: string) => {
      const body = { properties: [], propertiesWithHistory: [name], inputs: [{ id }] }
      const answer = await call('POST', '/crm/v3/objects/contacts/batch/read', body)
      return answer.body.results[0]?.propertiesWithHistory?.[name] ?? []
    },
    advance: (ms: number) => {
      now += ms
    },
  }
}

/** `count` contacts with the first names `Contact 0`, `Contact 1`, … */
export function manyContacts(count: number) {
  return Array.from({ length: count }, (_, place) => ({ properties: { firstname: `Contact ${place}` } }))
}

import { asObject, asText } from './json.ts'
import { badOrder } from './refusal.ts'

const DEADLINE_MS = 30_000

/** A workflow that calls `url` whenever a save by anybody changes the field. */
export type Callout = { object: string; field: string; url: string; headers: Record<string, string> }

/** The calls of a sandbox's workflows that are still under way. */
export type Callouts = { send(callout: Callout, body: unknown): void; settled(): Promise<void> }

/** Calls are sent and forgotten, as a workflow's are: what the other side answers changes nothing here. */
export function createCallouts(): Callouts {
  const underway = new Set<Promise<void>>()
  return {
    send({ url, headers }, body) {
      const call = fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(DEADLINE_MS),
      }).then(
        async (response) => void (await response.text().catch(() => '')),
        () => undefined,
      )
      underway.add(call)
      void call.finally(() => underway.delete(call))
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway)
    },
  }
}

/** Reads what a JSON body says of a workflow that calls out. */
export function readCallout(given: unknown): Callout {
  const { object, field, url, headers } = asObject(given)
  const [about, name, to] = [object, field, url].map(asText)
  if (!about || !name || !to) throw badOrder('callouts: each needs an object, a field and a url')
  const texts = Object.entries(asObject(headers)).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value]] : [],
  )
  return { object: about, field: name, url: to, headers: Object.fromEntries(texts) }
}

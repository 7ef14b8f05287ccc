import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, vi } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../src/http/index.ts'
import { checkConnections, startWorking } from '../../src/main/index.ts'
import { call } from '../support/conversations.ts'
import type { AtEnd } from '../support/database.ts'
import { ask, plan } from '../support/items.ts'
import { createWorld } from '../support/world.ts'
import { crms } from './crm-sides.ts'

const statusSchema = z.object({
  id: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  message: z.string(),
  status_url: z.string(),
  record_id: z.string(),
  left_out: z.number(),
  run_id: z.number().nullable(),
  next_try_at: z.string().nullable(),
  outcomes: z.array(
    z.object({
      conversation_id: z.string(),
      outcome: z.string().nullable(),
      reason: z.string().nullable(),
      cached: z.boolean(),
    }),
  ),
  fields: z.array(
    z.object({
      record: z.string(),
      field: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      decision: z.string(),
    }),
  ),
})
export type Status = z.infer<typeof statusSchema>
const acceptedSchema = statusSchema.pick({ id: true, state: true, message: true, status_url: true })

const mappings = path.join(import.meta.dirname, 'mappings')

const patience = { timeout: 20_000, interval: 25 }

export type Door = Awaited<ReturnType<typeof openDoor>>

/** A whole installation with its HTTP door, and the CRM that asks at it; `working: false` leaves its jobs to others. */
export async function openDoor(
  settings: Record<string, string> = {},
  {
    on = 'hubspot',
    working = true,
    atEnd = afterAll,
  }: { on?: keyof typeof crms; working?: boolean; atEnd?: AtEnd } = {},
) {
  const stand = await crms[on](atEnd)
  const own = { AFTERWORD_LOG_LEVEL: 'error', AFTERWORD_PORT: '0', AFTERWORD_MAPPINGS: path.join(mappings, on) }
  const world = await createWorld({ ...own, ...stand.settings, ...settings }, Date.now, atEnd)
  world.model.pace.backoffMs = 1
  const crm = stand.sideOf(world)
  await checkConnections(world)
  await world.useMapping(await readFile(path.join(mappings, on, 'contacts.yaml'), 'utf8'))
  await ask(world, plan)
  // Whole: records of these tests are older than the last import.
  const importCrm = () => world.useCases.importRecords({ connection: crm.connection, isFull: true })
  await importCrm()
  if (working) await startWorking(world)
  const { useCases, log, actor } = world
  const app = createApp({ ...useCases, log, sandbox: true, findMissing: async () => [] })
  const { key } = await useCases.createKey({ name: 'crm', actor })

  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: {
        'x-afterword-key': key,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const read = async (id: string): Promise<Status> =>
    statusSchema.parse(await (await send('GET', `/v1/triggers/requests/${id}`)).json())
  /** Asks as a CRM does; answered with 202, or the test fails. */
  const trigger = async (body: object, headers?: Record<string, string>) => {
    const answer = await send('POST', `/v1/triggers/${crm.connection}`, body, headers)
    if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`)
    return acceptedSchema.parse(await answer.json())
  }
  const reached = async (id: string, ...states: string[]): Promise<Status> => {
    await vi.waitUntil(async () => states.includes((await read(id)).state), patience)
    return read(id)
  }
  return {
    world,
    app,
    crm,
    importCrm,
    key,
    send,
    read,
    trigger,
    reached,
    /** The answer to a request, once it is there. */
    ended: (id: string) => reached(id, 'done', 'refused', 'failed'),
    answer: async (body: object) => reached((await trigger(body)).id, 'done', 'refused', 'failed'),
    /** A call of this number in which somebody wants a plan. */
    say: (id: string, number: string, at: string, wanted: string) =>
      world.take(call({ id, number, at, turns: [`I want the ${wanted} plan.`] })),
    modelCalls: () => world.models.admin.state().requests,
  }
}

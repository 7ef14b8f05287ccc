import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { accountOf, type Crm, objectOf, recordIdOf } from '../crm/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { activeMappings } from '../sync/index.ts'
import type { TriggersAnnouncements } from './announcements.ts'
import { findTwin, insertRequest, type NewRequest } from './request-store.ts'
import type { RecordAsk, TriggerRequest } from './types.ts'

type Deps = { db: Db; crms: Map<string, Crm>; next: TriggersAnnouncements }

/**
 * Stores that a CRM record asks for its conversations to be rerun, and the job that does it, in one transaction; does nothing
 * of it yet. The same request key asks for the same once, whatever became of it; without a key, a request of the same wording
 * that still waits answers for this one too. Throws `connection.not_found` (404) naming those there are, `request.invalid`
 * (400) naming the field, and `trigger.no_mapping` (409).
 */
export async function rerunForRecord(
  { db, crms, next }: Deps,
  input: { ask: RecordAsk; actor: { kind: 'trigger' | 'cli'; name: string }; keyName?: string },
): Promise<TriggerRequest> {
  const { ask, actor, keyName = null } = input
  const { connection, wanted } = ask
  const crm = crms.get(connection)
  if (!crm) throw unknownConnection(connection, [...crms.keys()])
  const { object, externalId } = await recordOf(db, crm, ask)
  const requestKey = ask.requestKey === null ? null : createHash('sha256').update(ask.requestKey).digest('hex')
  const message = `Waits to be taken up: ${accountOf(crm)}, record ${externalId}.`
  const request = { connection, object, externalId, wanted, requestKey, actor, keyName, message }
  for (;;) {
    const stored = await transact(db, (trx) => storeOnce(trx, next, request))
    if (stored) return stored
    // The one that waited was taken up between our two statements: this one is the next.
    await sleep(5)
  }
}

async function storeOnce(trx: Parameters<typeof insertRequest>[0], next: TriggersAnnouncements, request: NewRequest) {
  const stored = await insertRequest(trx, request)
  if (!stored) return findTwin(trx, request)
  await next.rerunRequested(trx, stored.id)
  return stored
}

async function recordOf(db: Db, crm: Crm, ask: RecordAsk): Promise<{ object: string; externalId: string }> {
  const { kind, connection } = crm
  const mappings = (await activeMappings(db)).filter((mapping) => mapping.connection === connection)
  const objects = [...new Set(mappings.map((mapping) => mapping.object))]
  if (objects.length === 0) {
    const message = `no mapping file is active for connection ${connection}: nothing would come of a rerun`
    throw new AppError('trigger.no_mapping', 'skip', message, { status: 409 })
  }
  const found = recordIdOf(kind, ask.recordId)
  if ('problem' in found) throw invalid(`record_id: ${found.problem}`)
  const externalId = found.id
  const object = objectOf(kind, objects, { object: ask.object, recordId: externalId })
  if (object === null) throw invalid(`object: must be one that the mapping files name: ${objects.join(', ')}`)
  return { object, externalId }
}

function invalid(problem: string): AppError {
  return new AppError('request.invalid', 'skip', problem, { status: 400, facts: { problems: [problem] } })
}

function unknownConnection(connection: string, names: string[]): AppError {
  const configured = names.length === 0 ? 'none is configured' : `configured: ${names.join(', ')}`
  return new AppError('connection.not_found', 'skip', `there is no connection ${connection}; ${configured}`, {
    status: 404,
  })
}

import { type ContactsAnnouncements, lookUp, planImports } from '../contacts/index.ts'
import { readConversations } from '../conversations/index.ts'
import type { CheckConnection, Crm } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Mapping } from '../mapping/index.ts'
import { keysOf } from './link/match-conversation.ts'
import { linkedAlready } from './link/store.ts'
import { activeMappings } from './mapping-store.ts'

type Deps = {
  db: Db
  crms: ReadonlyMap<string, Crm>
  checkConnection: CheckConnection
  log: Log
  now: () => Date
  next: ContactsAnnouncements
}

/**
 * Lets the CRMs search for somebody who has just called and whom no import has seen yet: for the numbers and e-mails of one conversation
 * that found no record, by the steps of each mapping until one finds somebody. What is found is taken over, and that links the
 * conversation, or parks it where several have the key. Only for one new conversation, or a rerun by hand: searches are few, and a
 * backfill's records are found by a scan. A CRM that cannot be asked now is logged and holds up nothing.
 */
export async function lookUpConversation(deps: Deps, conversationId: string): Promise<void> {
  const { db, crms } = deps
  const conversation = (await readConversations(db, [conversationId])).get(conversationId)
  if (conversation === undefined) return
  const active = await activeMappings(db)
  for (const mapping of active) {
    const crm = crms.get(mapping.connection)
    if (crm?.search === undefined) continue
    const link = (await linkedAlready(db, mapping.name, [conversationId])).get(conversationId)
    if (link?.state !== 'none' || link.step === 'person') continue
    const keys = mapping.match.flatMap((step) =>
      step.by === 'number' || step.by === 'email'
        ? keysOf(conversation, step, mapping).map((key) => ({ kind: step.by, key }))
        : [],
    )
    await lookUpFirst({ ...deps, crm }, { mapping, active, keys })
  }
}

async function lookUpFirst(
  deps: Deps & { crm: Crm },
  of: { mapping: Mapping; active: readonly Mapping[]; keys: { kind: 'number' | 'email'; key: string }[] },
): Promise<void> {
  const { crm, log } = deps
  const { object, connection } = of.mapping
  const plan = planImports(crm, of.active).find((each) => each.object === object)
  if (plan === undefined) return
  try {
    for (const { kind, key } of of.keys) {
      await deps.checkConnection(connection)
      if ((await lookUp(deps, { plan, kind, key })) > 0) return
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    log.warn({ connection, object, code: error.code, reason: error.message }, 'a CRM could not be searched')
  }
}

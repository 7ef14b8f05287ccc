import { type KnownConnection, listConnections } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { activeMappings } from '../mapping-store.ts'

/** A connection to a CRM, and what its mapping files say to it in the words of the source product's apps. */
export type App = KnownConnection & {
  /** Our contact's field and the CRM's. */
  inbound: { field: string; external: string }[]
  outbound: { field: string; external: string }[]
  logsConversations: boolean
  createsRecords: boolean
}

/** Those of these connections that were remembered, by name, with their mappings in force. */
export async function listApps(db: Db, connections: ReadonlySet<string>): Promise<App[]> {
  const mappings = await activeMappings(db)
  const known = (await listConnections(db)).filter(({ name }) => connections.has(name))
  return known.map((connection) => {
    const own = mappings.filter((mapping) => mapping.connection === connection.name)
    return {
      ...connection,
      inbound: distinct(own.flatMap(inboundOf)),
      outbound: distinct(own.flatMap(({ rules }) => rules.map((rule) => pair(rule.contactField, rule.field)))),
      logsConversations: own.some(({ activity }) => activity !== undefined && (activity.calls || activity.chats)),
      createsRecords: own.some(({ create }) => create !== undefined),
    }
  })
}

function inboundOf({ match, import: imports }: Mapping) {
  const numbers = match.flatMap((step) => (step.by === 'number' ? step.in : []))
  return [
    ...numbers.map((external) => pair('phone_number', external)),
    ...Object.entries(imports).map(([field, external]) => pair(field, external)),
  ]
}

function pair(field: string, external: string) {
  return { field, external }
}

function distinct(pairs: { field: string; external: string }[]) {
  return [...new Map(pairs.map((each) => [JSON.stringify(each), each])).values()]
}

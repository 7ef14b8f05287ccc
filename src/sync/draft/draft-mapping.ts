import { type AgentItems, itemsInUse } from '../../agents/index.ts'
import type { Crm, CrmField } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError, notFound } from '../../errors.ts'
import type { Kinds } from '../../mapping/index.ts'
import { rightName } from '../check/field-words.ts'
import { chooseFields } from './choose-fields.ts'
import { formatDraft } from './format-draft.ts'
import { sourcesOf } from './sources.ts'

export type DraftInput = { connection: string; object?: string; agents?: string[] }

/** What our contacts take over from a field of this name, whatever its case. */
const importable = { first_name: 'firstname', last_name: 'lastname', do_not_call: 'donotcall' }

/**
 * A first mapping file for an object of a connection (its kind's first object unless told), from the fields the CRM has now and
 * what these agents (all unless told) extract. It passes the live check. Writes nothing. Throws `connection.not_found`,
 * `agent.not_found`, `mapping.object`, and what `describe` throws.
 */
export async function draftMapping(
  { db, crms, kinds, defaultCountry }: { db: Db; crms: ReadonlyMap<string, Crm>; kinds: Kinds; defaultCountry: string },
  { connection, object: asked, agents: agentIds }: DraftInput,
): Promise<string> {
  const crm = crms.get(connection)
  if (!crm) throw notFound('connection', `${connection}; ${rightName(connection, [...crms.keys()])}`)
  const objects = kinds[crm.kind]?.objects ?? []
  const object = asked ?? objects[0] ?? ''
  if (!objects.includes(object)) {
    const message = `${crm.kind} has no object ${object}; ${rightName(object, objects)}`
    throw new AppError('mapping.object', 'stop', message)
  }
  const agents = await agentsFor(db, agentIds)
  const fields = await crm.describe(object)
  const names = new Set(fields.map(({ name }) => name))
  const emailFields = crm.emailFields.filter((name) => names.has(name))
  const numberFields = fields.filter(isNumberField).map(({ name }) => name)
  const imported = Object.entries(importable).flatMap(([own, plain]) =>
    fields.filter(({ name }) => name.toLowerCase() === plain).map(({ name }) => [own, name]),
  )
  const taken = [...emailFields, ...numberFields, ...imported.map(([, name]) => name ?? '')]
  return formatDraft({
    crm: crm.kind,
    connection,
    object,
    agents: agentIds ?? null,
    numberFields,
    hasEmail: emailFields.length > 0,
    import: Object.fromEntries(imported),
    defaultCountry,
    lines: chooseFields(sourcesOf(agents), fields, taken),
  })
}

async function agentsFor(db: Db, agentIds: string[] | undefined): Promise<AgentItems[]> {
  const known = await itemsInUse(db)
  const ids = [...new Set(known.map(({ agentId }) => agentId))]
  const stranger = agentIds?.find((id) => !ids.includes(id))
  if (stranger !== undefined) throw notFound('agent', `${stranger}; ${rightName(stranger, ids)}`)
  return known.filter(({ agentId }) => agentIds === undefined || agentIds.includes(agentId))
}

/** By its name, since both CRMs describe a number as plain text; not those that a CRM makes itself. */
function isNumberField({ name, kind, writable }: CrmField): boolean {
  return kind === 'text' && writable && /phone|mobile/i.test(name) && !/fax|extension|^hs_/i.test(name)
}

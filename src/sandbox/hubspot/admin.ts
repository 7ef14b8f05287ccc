import { momentOf } from '../admin-routes.ts'
import { badOrder } from '../refusal.ts'
import type { RequestLog } from '../request-log.ts'
import { activityAdmin } from './activities/admin.ts'
import {
  addContact,
  archiveContact,
  type Contact,
  changeContact,
  findByUnique,
  findContact,
  restoreContact,
} from './contacts.ts'
import type { Fault, FaultOrder } from './faults.ts'
import { authorOf, type Editor, revisionToWire } from './history.ts'
import { mergeContacts } from './merge.ts'
import type { OperationName } from './operation.ts'
import { type Portal, resetPortal } from './portal.ts'
import type { Property, PropertyDraft } from './properties.ts'
import { defineProperty } from './property-definitions.ts'
import { invalidValues, Refusal } from './refusals.ts'
import { allProperties, propertyValue } from './render.ts'
import type { Settings } from './settings.ts'
import { checkProperties } from './validate.ts'
import { callOut } from './workflows.ts'

/** A contact that is there before the story begins; `at` is ISO 8601, now unless given. */
export type SeedContact = { id?: string; properties: Record<string, string>; at?: string; source?: Editor }

/** A change by anyone, at any time; with `at` in the past it may not be the current value. */
export type Edit = { id: string; properties: Record<string, string>; as: Editor; at?: string; userId?: number }

export type ContactState = {
  id: string
  createdAt: string
  updatedAt: string
  mergedIds: string[]
  properties: Record<string, string>
  /** Per property, newest first, also of properties whose history the API does not tell. */
  history: Record<string, ReturnType<typeof revisionToWire>[]>
}

export type SandboxState = {
  contacts: ContactState[]
  settings: Settings
  faults: Fault[]
  requests: RequestLog<OperationName>
}

/** What a test or the demo may see and do behind the API's back; it knows no token, no limit and no fault. */
export type Admin = ReturnType<typeof createAdmin>

export function createAdmin(portal: Portal) {
  return {
    /** A copy: what happens later does not change it. */
    state: (): SandboxState =>
      structuredClone({
        contacts: portal.order.flatMap((id) => portal.contacts.get(id) ?? []).map(contactState),
        settings: portal.settings,
        faults: portal.faults,
        requests: portal.log,
      }),
    /** A copy of the request log alone: cheap, for before and after. */
    requests: (): RequestLog<OperationName> => structuredClone(portal.log),
    /** Back to the empty portal it started as, request log, settings and faults included. */
    reset: () => resetPortal(portal),
    /** Answers the ids in the order given. */
    createContacts: (seeds: readonly SeedContact[]): string[] => seeds.map((seed) => createContact(portal, seed)),
    edit: (edit: Edit) => editContact(portal, edit),
    /** Into the recycle bin, as a person does, and out of it. */
    archive: ({ id }: { id: string }): void => {
      const contact = findContact(portal, id)
      if (!contact) throw new Refusal(404, 'OBJECT_NOT_FOUND', `there is no contact ${id}`)
      archiveContact(portal, contact)
    },
    /** As a person does: a new contact of two. Answers its id. */
    merge: ({ primaryId, otherId }: { primaryId: string; otherId: string }): string => {
      const [primary, other] = [findContact(portal, primaryId), findContact(portal, otherId)]
      if (!primary || !other || primary === other) throw new Refusal(404, 'OBJECT_NOT_FOUND', 'two contacts are needed')
      return mergeContacts(portal, primary, other).id
    },
    restore: ({ id }: { id: string }): void => {
      const contact = portal.archived.get(id)
      if (!contact) throw new Refusal(404, 'OBJECT_NOT_FOUND', `there is no archived contact ${id}`)
      restoreContact(portal, contact)
    },
    ...activityAdmin(portal),
    defineProperties: (drafts: readonly PropertyDraft[]): Property[] =>
      drafts.map((draft) => defineProperty(portal, draft)),
    /** Archives properties: they are described, read and written no more until they are defined again. */
    archiveProperties: (names: readonly string[]): void => {
      for (const name of names) portal.properties.delete(name)
    },
    addFault: (order: FaultOrder): void => {
      portal.faults.push({ ...order, times: order.times ?? 1 })
    },
    /** What was to go wrong goes right from now on. */
    endFaults: (): void => void portal.faults.splice(0),
    /** Ends every access token of the installed app before its time. */
    expireTokens: (): void => portal.accessTokens.clear(),
    /** Resolves when no workflow's call is under way any more. */
    settled: () => portal.callouts.settled(),
    configure: (changes: Partial<Settings>): Settings => Object.assign(portal.settings, changes),
  }
}

function createContact(portal: Portal, { id, properties, at, source = 'person' }: SeedContact): string {
  if (id !== undefined && (!/^[1-9]\d{0,15}$/.test(id) || findContact(portal, id))) {
    throw badOrder(`${id} is not a free contact id`)
  }
  const values = requireValid(portal, properties)
  const author = authorOf(source, portal)
  const moment = at === undefined ? undefined : momentOf(at)
  const contact = addContact(portal, author, moment, id)
  changeContact(portal, contact, values, author, moment)
  return contact.id
}

function editContact(portal: Portal, { id, properties, as, at, userId }: Edit): ContactState {
  const contact = findContact(portal, id)
  if (!contact) throw new Refusal(404, 'OBJECT_NOT_FOUND', `there is no contact ${id}`)
  const values = requireValid(portal, properties, contact)
  const author = authorOf(as, { appId: portal.appId, ...(userId !== undefined && { userId }) })
  callOut(portal, contact, changeContact(portal, contact, values, author, at === undefined ? undefined : momentOf(at)))
  return contactState(contact)
}

function requireValid(portal: Portal, properties: Record<string, string>, contact?: Contact): Map<string, string> {
  const current = (name: string) => (contact ? propertyValue(contact, name) : undefined)
  const { values, problems } = checkProperties(portal, properties, current)
  if (problems.length > 0) throw invalidValues(problems)
  for (const [name, value] of values) {
    if (value === '' || !portal.properties.get(name)?.hasUniqueValue) continue
    const holder = findByUnique(portal, name, value)
    if (holder && holder !== contact)
      throw new Refusal(409, 'CONFLICT', `Contact already exists. Existing ID: ${holder.id}`)
  }
  return values
}

function contactState(contact: Contact): ContactState {
  const { id, createdAt, updatedAt, mergedIds, history } = contact
  return {
    id,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    mergedIds,
    properties: allProperties(contact),
    history: Object.fromEntries([...history].map(([name, revisions]) => [name, revisions.map(revisionToWire)])),
  }
}

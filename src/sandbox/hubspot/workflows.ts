import { rewrite } from '../rewrites.ts'
import { type Contact, changeContact } from './contacts.ts'
import { authorOf } from './history.ts'
import type { Portal } from './portal.ts'
import { propertyValue } from './render.ts'

/**
 * The portal's automations answer an API write: each writes its own revision of what the API changed.
 * Answers the names of the properties that they changed in turn.
 */
export function runWorkflows(portal: Portal, contact: Contact, changed: readonly string[]): string[] {
  return portal.settings.flows.flatMap(({ property, kind, as }) => {
    if (as !== 'workflow' || !changed.includes(property)) return []
    const value = rewrite(kind, propertyValue(contact, property) ?? '')
    return changeContact(portal, contact, new Map([[property, value]]), authorOf('workflow', portal))
  })
}

/** The workflows that call out when one of these properties changed, whoever changed it. */
export function callOut(portal: Portal, contact: Contact, changed: readonly string[]): void {
  for (const callout of portal.settings.callouts) {
    if (callout.object !== 'contact' || !changed.includes(callout.field)) continue
    const properties = { [callout.field]: propertyValue(contact, callout.field) ?? '' }
    portal.callouts.send(callout, { objectId: Number(contact.id), objectTypeId: '0-1', properties })
  }
}

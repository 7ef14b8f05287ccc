import { type Contact, changeContact } from './contacts.ts'
import { authorOf } from './history.ts'
import type { Portal } from './portal.ts'
import { propertyValue } from './render.ts'
import { rewrite } from './settings.ts'

/** The portal's automations answer an API write: each writes its own revision of what the API changed. */
export function runWorkflows(portal: Portal, contact: Contact, changed: readonly string[]): void {
  for (const { property, kind, as } of portal.settings.flows) {
    if (as !== 'workflow' || !changed.includes(property)) continue
    const value = rewrite(kind, propertyValue(contact, property) ?? '')
    changeContact(portal, contact, new Map([[property, value]]), authorOf('workflow', portal))
  }
}

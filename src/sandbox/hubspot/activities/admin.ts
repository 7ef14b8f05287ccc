import { badOrder } from '../../refusal.ts'
import type { Portal } from '../portal.ts'
import type { Property, PropertyDraft } from '../properties.ts'
import { defineProperty } from '../property-definitions.ts'
import type { ActivityObject } from './definitions.ts'
import { archiveActivity, contactsOf } from './store.ts'

/** One activity as the portal holds it; `contacts` are those it hangs on. */
export type ActivityView = {
  id: string
  object: ActivityObject
  archived: boolean
  properties: Record<string, string>
  contacts: string[]
}

/** The part of the admin that is about activities. */
export function activityAdmin(portal: Portal) {
  return {
    /** All there are and were, oldest first: archived ones too. */
    activities: (): ActivityView[] =>
      [...portal.activities.byId.values()].map((each) => ({
        id: each.id,
        object: each.object,
        archived: each.archived,
        properties: Object.fromEntries(each.properties),
        contacts: contactsOf(portal, each),
      })),
    /** Into the recycle bin, by a person. */
    removeActivity: ({ id }: { id: string }): void => {
      const activity = portal.activities.byId.get(id)
      if (!activity || activity.archived) throw badOrder(`there is no activity ${id}`, 404)
      archiveActivity(portal, activity)
    },
    defineActivityProperties: (object: ActivityObject, drafts: readonly PropertyDraft[]): Property[] =>
      drafts.map((draft) => defineProperty({ properties: portal.activities.properties[object] }, draft)),
  }
}

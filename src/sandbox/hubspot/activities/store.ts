import { findContact } from '../contacts.ts'
import type { Portal } from '../portal.ts'
import type { Property } from '../properties.ts'
import { ACTIVITY_OBJECTS, type ActivityObject, activityProperties } from './definitions.ts'

export type Activity = {
  id: string
  object: ActivityObject
  createdAt: number
  updatedAt: number
  /** In the recycle bin: no read, write or association finds it. */
  archived: boolean
  properties: Map<string, string>
  /** Ids of contacts as they were given: a merged contact answers for those it took over. */
  contacts: Set<string>
}

/** The activities of a portal, and the properties that theirs have. */
export type ActivityState = {
  byId: Map<string, Activity>
  properties: Record<ActivityObject, Map<string, Property>>
  /** `object property value` → id, of what lives and is unique. */
  unique: Map<string, string>
}

export function noActivities(): ActivityState {
  const [calls, communications] = ACTIVITY_OBJECTS.map(activityProperties)
  return {
    byId: new Map(),
    properties: { calls: calls ?? new Map(), communications: communications ?? new Map() },
    unique: new Map(),
  }
}

export function findActivity({ activities }: Portal, object: ActivityObject, id: string): Activity | undefined {
  const found = activities.byId.get(id)
  return found?.object === object && !found.archived ? found : undefined
}

export function findActivityBy(
  portal: Portal,
  object: ActivityObject,
  name: string,
  value: string,
): Activity | undefined {
  return findActivity(portal, object, portal.activities.unique.get(uniqueKey(object, name, value)) ?? '')
}

export function addActivity(portal: Portal, object: ActivityObject): Activity {
  const id = String(portal.nextId)
  portal.nextId += 1
  const now = portal.clock()
  const made: Activity = {
    id,
    object,
    createdAt: now,
    updatedAt: now,
    archived: false,
    properties: new Map(),
    contacts: new Set(),
  }
  portal.activities.byId.set(id, made)
  return made
}

export function changeActivity(portal: Portal, activity: Activity, values: ReadonlyMap<string, string>): void {
  const { unique, properties } = portal.activities
  for (const [name, value] of values) {
    const before = activity.properties.get(name) ?? ''
    activity.properties.set(name, value)
    if (!properties[activity.object].get(name)?.hasUniqueValue) continue
    if (before !== '') unique.delete(uniqueKey(activity.object, name, before))
    if (value !== '') unique.set(uniqueKey(activity.object, name, value), activity.id)
  }
  activity.updatedAt = portal.clock()
}

/** Into the recycle bin; what was unique of it can be had by another. Whether HubSpot frees it is assumed. */
export function archiveActivity(portal: Portal, activity: Activity): void {
  activity.archived = true
  for (const [name, value] of activity.properties)
    portal.activities.unique.delete(uniqueKey(activity.object, name, value))
}

/** The living contacts that an activity hangs on, each once. */
export function contactsOf(portal: Portal, activity: Activity): string[] {
  return [...new Set([...activity.contacts].flatMap((id) => findContact(portal, id)?.id ?? []))]
}

function uniqueKey(object: string, name: string, value: string): string {
  return `${object} ${name} ${value.trim()}`
}

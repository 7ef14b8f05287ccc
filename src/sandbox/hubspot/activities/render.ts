import type { Portal } from '../portal.ts'
import type { Activity } from './store.ts'

const READ_WITHOUT_ASKING = ['hs_createdate', 'hs_object_id', 'hs_lastmodifieddate']

/** An activity as the object endpoints answer it. Names of no property are passed over. */
export function renderActivity(portal: Portal, activity: Activity, names: readonly string[]) {
  const { id, object, createdAt, updatedAt, archived } = activity
  const system: Record<string, string> = {
    hs_object_id: id,
    hs_createdate: new Date(createdAt).toISOString(),
    hs_lastmodifieddate: new Date(updatedAt).toISOString(),
  }
  const shown = [...READ_WITHOUT_ASKING, ...names].filter((name) => portal.activities.properties[object].has(name))
  return {
    id,
    properties: Object.fromEntries(shown.map((name) => [name, system[name] ?? activity.properties.get(name) ?? null])),
    createdAt: system.hs_createdate,
    updatedAt: system.hs_lastmodifieddate,
    archived,
  }
}

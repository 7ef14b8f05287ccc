/** Who wrote a value, in HubSpot's words. */
export type Author = { sourceType: string; sourceId: string; sourceLabel?: string; updatedByUserId?: number }

export type Revision = { value: string; at: number; author: Author }

/** Who an edit comes from: `us` is the app whose token the sandbox accepts. */
export const EDITORS = ['us', 'person', 'workflow', 'app', 'import'] as const

export type Editor = (typeof EDITORS)[number]

/** Contacts keep at most this many revisions per property; older ones are gone (crm.md 1.8). */
const KEPT_REVISIONS = 45

export function authorOf(editor: Editor, ids: { appId: string; userId?: number }): Author {
  const { appId, userId = 12345 } = ids
  switch (editor) {
    case 'us':
      return { sourceType: 'INTEGRATION', sourceId: appId, sourceLabel: 'Afterword' }
    case 'person':
      return { sourceType: 'CRM_UI', sourceId: `userId:${userId}`, updatedByUserId: userId }
    case 'workflow':
      return { sourceType: 'AUTOMATION_PLATFORM', sourceId: 'enrollmentId:1;actionExecutionIndex:0' }
    case 'app':
      return { sourceType: 'INTEGRATION', sourceId: '20000001', sourceLabel: 'Another app' }
    case 'import':
      return { sourceType: 'IMPORT', sourceId: '30000001', updatedByUserId: userId }
  }
}

/** Adds a revision at its place in time, newest first; of two of the same moment the later added one is newer. */
export function addRevision(revisions: Revision[], revision: Revision): void {
  const place = revisions.findIndex((older) => older.at <= revision.at)
  revisions.splice(place === -1 ? revisions.length : place, 0, revision)
  revisions.length = Math.min(revisions.length, KEPT_REVISIONS)
}

export function valueAt(revisions: readonly Revision[] | undefined, at: number): string | undefined {
  return revisions?.find((revision) => revision.at <= at)?.value
}

export function revisionToWire({ value, at, author }: Revision) {
  return { value, timestamp: new Date(at).toISOString(), ...author }
}

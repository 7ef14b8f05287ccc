import type { HistoryEntry } from '../contract.ts'
import type { WireHistoryEntry } from './wire.ts'

/** HubSpot's source types by who writes under them. Of its about 80 the others read as `unknown`: respected as a person's. */
const person = ['CRM_UI', 'CRM_UI_BULK_ACTION', 'MOBILE_IOS', 'MOBILE_ANDROID', 'CONTACTS_WEB', 'PROPERTY_RESTORE']
const imported = ['IMPORT', 'API', 'BATCH_UPDATE']
const automation = [
  ...['INTEGRATION', 'INTEGRATIONS_PLATFORM', 'INTEGRATIONS_SYNC', 'SALESFORCE', 'PORTAL_OBJECT_SYNC'],
  ...['AUTOMATION_PLATFORM', 'AUTOMATION_JOURNEY', 'WORKFLOWS', 'WORKFLOW_CONTACT_DELETE_ACTION', 'SEQUENCES'],
  ...['FORM', 'BOT', 'CHATSPOT', 'ADS', 'EMAIL', 'CONVERSATIONS', 'BEHAVIORAL_EVENTS', 'LEADIN', 'SOCIAL', 'SIGNALS'],
  ...['CALCULATED', 'DEFAULT', 'DATA_ENRICHMENT', 'COMPANY_INSIGHTS', 'INTENT', 'AI_GROUP', 'PROSPECTING_AGENT'],
  ...['ASSOCIATIONS', 'INTERNAL_PROCESSING', 'MERGE_CONTACTS', 'MERGE_OBJECTS', 'MERGE_COMPANIES'],
]

const authorOf = new Map<string, HistoryEntry['author']>()
for (const type of person) authorOf.set(type, 'person')
for (const type of imported) authorOf.set(type, 'import')
for (const type of automation) authorOf.set(type, 'automation')

/** With `ownAppId` null our own entries cannot be told from another app's: then no app is named, and all read as `unknown`. */
export function toHistoryEntry(entry: WireHistoryEntry, ownAppId: string | null): HistoryEntry {
  const { value, timestamp, sourceType, sourceId } = entry
  const isOurs = sourceType === 'INTEGRATION' && ownAppId !== null && sourceId === ownAppId
  const isUntold = sourceType === 'INTEGRATION' && ownAppId === null
  return {
    value,
    at: timestamp,
    author: isOurs ? 'us' : isUntold ? 'unknown' : (authorOf.get(sourceType) ?? 'unknown'),
    source: sourceId ? `${sourceType} ${sourceId}` : sourceType,
  }
}

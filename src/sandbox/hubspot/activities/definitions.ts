import { customProperty, type Property } from '../properties.ts'

/** What is logged on a contact's timeline, by the name of its object. */
export const ACTIVITY_OBJECTS = ['calls', 'communications'] as const

export type ActivityObject = (typeof ACTIVITY_OBJECTS)[number]

/** Type ids of the associations (crm.md 2.1): from the activity to the contact. */
export const ASSOCIATION_TYPES: Record<ActivityObject, number> = { calls: 194, communications: 81 }

/** Properties without which nothing is created. */
export const REQUIRED: Record<ActivityObject, readonly string[]> = {
  calls: ['hs_timestamp'],
  communications: ['hs_timestamp', 'hs_communication_channel_type', 'hs_communication_logged_from'],
}

const STATUSES = [
  'BUSY',
  'CALLING_CRM_USER',
  'CANCELED',
  'COMPLETED',
  'CONNECTING',
  'FAILED',
  'IN_PROGRESS',
  'MISSED',
  'NO_ANSWER',
  'QUEUED',
  'RINGING',
]

/** The properties of an object that nobody has added to. */
export function activityProperties(object: ActivityObject): Map<string, Property> {
  const made = [
    standard('hs_timestamp', 'datetime', 'date'),
    standard('hubspot_owner_id', 'enumeration', 'select', { externalOptions: true }),
    system('hs_object_id', 'number', 'number'),
    system('hs_createdate', 'datetime', 'date'),
    system('hs_lastmodifieddate', 'datetime', 'date'),
    ...(object === 'calls' ? callProperties() : communicationProperties()),
  ]
  return new Map(made.map((property) => [property.name, property]))
}

function callProperties(): Property[] {
  return [
    standard('hs_call_title', 'string', 'text'),
    standard('hs_call_body', 'string', 'html'),
    choice('hs_call_direction', ['INBOUND', 'OUTBOUND']),
    choice('hs_call_status', STATUSES),
    standard('hs_call_duration', 'number', 'number'),
    standard('hs_call_from_number', 'string', 'text'),
    standard('hs_call_to_number', 'string', 'text'),
    standard('hs_call_disposition', 'string', 'text'),
    standard('hs_call_recording_url', 'string', 'text'),
  ]
}

function communicationProperties(): Property[] {
  return [
    choice('hs_communication_channel_type', ['WHATS_APP', 'LINKEDIN_MESSAGE', 'SMS']),
    choice('hs_communication_logged_from', ['CRM']),
    standard('hs_communication_body', 'string', 'html'),
  ]
}

function choice(name: string, values: readonly string[]): Property {
  const { options } = customProperty({
    name,
    type: 'enumeration',
    fieldType: 'select',
    options: values.map((value) => ({ value })),
  })
  return standard(name, 'enumeration', 'select', { options })
}

function standard(name: string, type: string, fieldType: string, changes: Partial<Property> = {}): Property {
  const modificationMetadata = { archivable: false, readOnlyDefinition: true, readOnlyValue: false }
  return { ...customProperty({ name, type, fieldType }), hubspotDefined: true, modificationMetadata, ...changes }
}

function system(name: string, type: string, fieldType: string): Property {
  const modificationMetadata = { archivable: false, readOnlyDefinition: true, readOnlyValue: true }
  return standard(name, type, fieldType, { modificationMetadata, formField: false })
}

import type { Field } from '../fields.ts'
import { contactFields } from './contact.ts'
import { leadFields } from './lead.ts'
import {
  accountFields,
  fieldDefinitionFields,
  historyFields,
  organizationFields,
  taskFields,
  taskStatusFields,
  userFields,
} from './others.ts'

/** What records are made of. */
export const RECORD_OBJECTS = ['Contact', 'Lead', 'Account', 'Task', 'User', 'Organization'] as const

export type RecordObject = (typeof RECORD_OBJECTS)[number]

/** What can only be asked for by SOQL. */
export type ObjectName = RecordObject | 'ContactHistory' | 'LeadHistory' | 'FieldDefinition' | 'TaskStatus'

export type ObjectType = {
  name: ObjectName
  keyPrefix: string
  /** By their names in lower case: the API does not mind the case. */
  fields: Map<string, Field>
  /** Whether the API creates, changes and deletes its records. */
  writable: boolean
}

/** The objects of an org that nobody has added to, by their names in lower case. */
export function standardObjects(): Map<string, ObjectType> {
  const objects: ObjectType[] = [
    objectType('Contact', '003', contactFields(), true),
    objectType('Lead', '00Q', leadFields(), true),
    objectType('Account', '001', accountFields(), true),
    objectType('Task', '00T', taskFields(), true),
    objectType('User', '005', userFields()),
    objectType('Organization', '00D', organizationFields()),
    objectType('ContactHistory', '017', historyFields('Contact')),
    objectType('LeadHistory', '017', historyFields('Lead')),
    objectType('FieldDefinition', '4fe', fieldDefinitionFields()),
    objectType('TaskStatus', '01I', taskStatusFields()),
  ]
  return new Map(objects.map((object) => [object.name.toLowerCase(), object]))
}

function objectType(name: ObjectName, keyPrefix: string, fields: readonly Field[], writable = false): ObjectType {
  return { name, keyPrefix, fields: new Map(fields.map((made) => [made.name.toLowerCase(), made])), writable }
}

export function isRecordObject(name: string): name is RecordObject {
  return RECORD_OBJECTS.some((known) => known === name)
}

import { type Field, field, phone, picklist, picklistValues, reference, system, text } from '../fields.ts'
import { addressFields, auditFields } from './audit.ts'

const TASK_STATUSES = ['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred']

export function accountFields(): Field[] {
  return [
    ...auditFields('Account'),
    system(reference('MasterRecordId', 'Master Record ID', ['Account'])),
    text('Name', 'Account Name', 255, { nillable: false }),
    picklist('Type', 'Account Type', ['Prospect', 'Customer - Direct', 'Other']),
    ...addressFields('Billing', 'Billing '),
    phone('Phone', 'Account Phone'),
    field('Website', 'Website', 'url', { length: 255 }),
    field('Description', 'Account Description', 'textarea', { length: 32_000 }),
    reference('OwnerId', 'Owner ID', ['User'], { nillable: false, defaultedOnCreate: true }),
  ]
}

export function taskFields(): Field[] {
  return [
    ...auditFields('Activity'),
    reference('WhoId', 'Name ID', ['Contact', 'Lead']),
    reference('WhatId', 'Related To ID', ['Account']),
    field('Subject', 'Subject', 'combobox', { length: 255 }),
    field('ActivityDate', 'Due Date Only', 'date'),
    picklist('Status', 'Status', TASK_STATUSES, {
      nillable: false,
      defaultedOnCreate: true,
      picklistValues: picklistValues(TASK_STATUSES, 'Not Started'),
    }),
    picklist('Priority', 'Priority', ['High', 'Normal', 'Low'], {
      nillable: false,
      defaultedOnCreate: true,
      picklistValues: picklistValues(['High', 'Normal', 'Low'], 'Normal'),
    }),
    reference('OwnerId', 'Assigned To ID', ['User'], { nillable: false, defaultedOnCreate: true }),
    field('Description', 'Description', 'textarea', { length: 32_000 }),
    system(field('IsClosed', 'Closed', 'boolean')),
    field('CallDurationInSeconds', 'Call Duration', 'int', { digits: 8 }),
    picklist('CallType', 'Call Type', ['Internal', 'Inbound', 'Outbound']),
    text('CallDisposition', 'Call Result', 255),
    text('CallObject', 'Call Object Identifier', 255),
    picklist('TaskSubtype', 'Task Subtype', ['Task', 'Email', 'Call'], { updateable: false, createable: true }),
  ].map((made) => ({ ...made, trackHistory: false }))
}

/** The values of Task.Status, with which of them mean that the task is done: describe does not tell that. */
export function taskStatusFields(): Field[] {
  return [
    field('Id', 'Task Status Value ID', 'id', { length: 18 }),
    text('ApiName', 'API Name', 255),
    text('MasterLabel', 'Master Label', 255),
    field('IsClosed', 'Is Closed', 'boolean'),
    field('IsDefault', 'Is Default', 'boolean'),
    field('SortOrder', 'Sort Order', 'int', { digits: 9 }),
  ].map(system)
}

export function userFields(): Field[] {
  return [
    ...auditFields('User'),
    text('Username', 'Username', 80),
    text('Name', 'Full Name', 121),
    field('Email', 'Email', 'email', { length: 128 }),
    field('IsActive', 'Active', 'boolean'),
    picklist('UserType', 'User Type', ['Standard', 'AutomatedProcess', 'CloudIntegrationUser']),
    text('TimeZoneSidKey', 'Time Zone', 40),
  ].map(system)
}

export function organizationFields(): Field[] {
  return [
    ...auditFields('Organization'),
    text('Name', 'Name', 80),
    text('OrganizationType', 'Edition', 40),
    text('TimeZoneSidKey', 'Time Zone', 40),
    text('DefaultLocaleSidKey', 'Locale', 40),
    text('InstanceName', 'Instance Name', 5),
    field('IsSandbox', 'Is Sandbox', 'boolean'),
  ].map(system)
}

/** What was changed on a record: `parent` is `Contact` or `Lead`. */
export function historyFields(parent: 'Contact' | 'Lead'): Field[] {
  return [
    ...auditFields('History').filter(({ name }) => !/^(LastModified|SystemModstamp)/.test(name)),
    reference(`${parent}Id`, `${parent} ID`, [parent], { nillable: false }),
    text('Field', 'Changed Field', 255),
    text('DataType', 'Datatype', 40),
    text('OldValue', 'Old Value', 255, { filterable: false }),
    text('NewValue', 'New Value', 255, { filterable: false }),
  ].map(system)
}

export function fieldDefinitionFields(): Field[] {
  return [
    text('DurableId', 'Durable ID', 255),
    text('QualifiedApiName', 'Qualified API Name', 255),
    text('EntityDefinition.QualifiedApiName', 'Object', 255),
    text('Label', 'Label', 255),
    text('DataType', 'Data Type', 255),
    field('IsFieldHistoryTracked', 'Is Field History Tracked', 'boolean'),
  ].map(system)
}

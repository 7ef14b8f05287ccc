import { type Field, field, phone, picklist, reference, system, text } from '../fields.ts'
import { addressFields, auditFields } from './audit.ts'

export const LEAD_SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']
const SALUTATIONS = ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.']

/** Contact as an org has it that nobody has added to. */
export function contactFields(): Field[] {
  return [
    ...auditFields('Contact'),
    system(reference('MasterRecordId', 'Master Record ID', ['Contact'])),
    reference('AccountId', 'Account ID', ['Account']),
    ...nameFields(),
    ...addressFields('Other', 'Other '),
    ...addressFields('Mailing', 'Mailing '),
    phone('Phone', 'Business Phone'),
    phone('Fax', 'Business Fax'),
    phone('MobilePhone', 'Mobile Phone'),
    phone('HomePhone', 'Home Phone'),
    phone('OtherPhone', 'Other Phone'),
    phone('AssistantPhone', 'Asst. Phone'),
    reference('ReportsToId', 'Reports To ID', ['Contact']),
    field('Email', 'Email', 'email', { length: 80, idLookup: true }),
    text('Title', 'Title', 128),
    text('Department', 'Department', 80),
    text('AssistantName', "Assistant's Name", 40),
    picklist('LeadSource', 'Lead Source', LEAD_SOURCES),
    field('Birthdate', 'Birthdate', 'date'),
    field('Description', 'Contact Description', 'textarea', { length: 32_000 }),
    reference('OwnerId', 'Owner ID', ['User'], { nillable: false, defaultedOnCreate: true }),
    field('HasOptedOutOfEmail', 'Email Opt Out', 'boolean'),
    field('DoNotCall', 'Do Not Call', 'boolean'),
    system(field('LastActivityDate', 'Last Activity', 'date')),
  ]
}

/** What a person is called; the whole name follows from the parts. */
export function nameFields(): Field[] {
  const compoundFieldName = 'Name'
  return [
    text('LastName', 'Last Name', 80, { nillable: false, compoundFieldName }),
    text('FirstName', 'First Name', 40, { compoundFieldName }),
    picklist('Salutation', 'Salutation', SALUTATIONS, { compoundFieldName }),
    system(text('Name', 'Full Name', 121, { nillable: false })),
  ]
}

import { type Field, field, phone, picklist, picklistValues, reference, system, text } from '../fields.ts'
import { addressFields, auditFields } from './audit.ts'
import { LEAD_SOURCES, nameFields } from './contact.ts'

const STATUSES = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted']

/** Lead as an org has it that nobody has added to. */
export function leadFields(): Field[] {
  return [
    ...auditFields('Lead'),
    system(reference('MasterRecordId', 'Master Record ID', ['Lead'])),
    ...nameFields(),
    text('Company', 'Company', 255, { nillable: false }),
    text('Title', 'Title', 128),
    ...addressFields('', ''),
    phone('Phone', 'Phone'),
    phone('MobilePhone', 'Mobile Phone'),
    phone('Fax', 'Fax'),
    field('Email', 'Email', 'email', { length: 80, idLookup: true }),
    field('Website', 'Website', 'url', { length: 255 }),
    field('Description', 'Description', 'textarea', { length: 32_000 }),
    picklist('LeadSource', 'Lead Source', LEAD_SOURCES, {
      picklistValues: picklistValues(LEAD_SOURCES),
    }),
    picklist('Status', 'Status', STATUSES, {
      nillable: false,
      defaultedOnCreate: true,
      picklistValues: picklistValues(STATUSES, STATUSES[0]),
    }),
    picklist('Rating', 'Rating', ['Hot', 'Warm', 'Cold']),
    reference('OwnerId', 'Owner ID', ['User'], { nillable: false, defaultedOnCreate: true }),
    field('HasOptedOutOfEmail', 'Email Opt Out', 'boolean'),
    field('DoNotCall', 'Do Not Call', 'boolean'),
    system(field('IsConverted', 'Converted', 'boolean')),
    system(field('ConvertedDate', 'Converted Date', 'date')),
    system(reference('ConvertedAccountId', 'Converted Account ID', ['Account'])),
    system(reference('ConvertedContactId', 'Converted Contact ID', ['Contact'])),
    system(field('LastActivityDate', 'Last Activity', 'date')),
  ]
}

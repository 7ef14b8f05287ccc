import { type Field, field, reference, system } from '../fields.ts'

/** The fields that every object of the org has. */
export function auditFields(label: string): Field[] {
  const kept = { nillable: false, defaultedOnCreate: true }
  return [
    system(field('Id', `${label} ID`, 'id', { length: 18, idLookup: true, ...kept })),
    system(field('IsDeleted', 'Deleted', 'boolean')),
    system(field('CreatedDate', 'Created Date', 'datetime', kept)),
    system(reference('CreatedById', 'Created By ID', ['User'], kept)),
    system(field('LastModifiedDate', 'Last Modified Date', 'datetime', kept)),
    system(reference('LastModifiedById', 'Last Modified By ID', ['User'], kept)),
    system(field('SystemModstamp', 'System Modstamp', 'datetime', kept)),
  ]
}

/** Street, city and the like, and the compound that reads them together. */
export function addressFields(prefix: string, label: string): Field[] {
  const compoundFieldName = prefix === '' ? 'Address' : `${prefix}Address`
  const part = (name: string, title: string, type: 'string' | 'textarea' | 'double', changes: Partial<Field>) =>
    field(`${prefix}${name}`, `${label}${title}`, type, { compoundFieldName, ...changes })
  return [
    part('Street', 'Street', 'textarea', { length: 255 }),
    part('City', 'City', 'string', { length: 40 }),
    part('State', 'State/Province', 'string', { length: 80 }),
    part('PostalCode', 'Zip/Postal Code', 'string', { length: 20 }),
    part('Country', 'Country', 'string', { length: 80 }),
    part('Latitude', 'Latitude', 'double', { precision: 18, scale: 15 }),
    part('Longitude', 'Longitude', 'double', { precision: 18, scale: 15 }),
    system(field(compoundFieldName, `${label}Address`, 'address')),
  ]
}

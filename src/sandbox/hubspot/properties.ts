type PropertyOption = { label: string; value: string; displayOrder: number; hidden: boolean }

/** A property definition as HubSpot answers it. */
export type Property = {
  name: string
  label: string
  type: string
  fieldType: string
  description: string
  groupName: string
  options: PropertyOption[]
  displayOrder: number
  calculated: boolean
  externalOptions: boolean
  hasUniqueValue: boolean
  hidden: boolean
  hubspotDefined: boolean
  formField: boolean
  archived: boolean
  modificationMetadata: { archivable: boolean; readOnlyDefinition: boolean; readOnlyValue: boolean }
}

/** What a definition has to say; all else has HubSpot's defaults. */
export type PropertyDraft = {
  name: string
  type: string
  fieldType: string
  label?: string
  groupName?: string
  description?: string
  options?: readonly { value: string; label?: string }[]
  hasUniqueValue?: boolean
}

export function customProperty(draft: PropertyDraft): Property {
  const yesNo =
    draft.type === 'bool'
      ? [
          { value: 'true', label: 'Yes' },
          { value: 'false', label: 'No' },
        ]
      : []
  return {
    name: draft.name,
    label: draft.label ?? draft.name,
    type: draft.type,
    fieldType: draft.fieldType,
    description: draft.description ?? '',
    groupName: draft.groupName ?? 'contactinformation',
    options: (draft.options ?? yesNo).map(({ value, label = value }, displayOrder) => ({
      label,
      value,
      displayOrder,
      hidden: false,
    })),
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    hasUniqueValue: draft.hasUniqueValue ?? false,
    hidden: false,
    hubspotDefined: false,
    formField: true,
    archived: false,
    modificationMetadata: { archivable: true, readOnlyDefinition: false, readOnlyValue: false },
  }
}

function standard(draft: PropertyDraft, changes: Partial<Property> = {}, readOnlyValue = false): Property {
  const modificationMetadata = { archivable: false, readOnlyDefinition: true, readOnlyValue }
  return { ...customProperty(draft), hubspotDefined: true, modificationMetadata, ...changes }
}

function text(name: string, label: string): Property {
  return standard({ name, label, type: 'string', fieldType: 'text' })
}

function select(name: string, label: string, values: readonly string[]): Property {
  return standard({ name, label, type: 'enumeration', fieldType: 'radio', options: values.map((value) => ({ value })) })
}

function system(name: string, type: string, fieldType: string): Property {
  return standard({ name, type, fieldType }, { formField: false }, true)
}

function calculatedPhone(name: string): Property {
  return standard(
    { name, type: 'phone_number', fieldType: 'phonenumber' },
    { calculated: true, formField: false },
    true,
  )
}

/** Furthest last: an API write never moves a contact back. */
export const LIFECYCLE_STAGES = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
] as const

const LEAD_STATUSES = ['NEW', 'OPEN', 'IN_PROGRESS', 'OPEN_DEAL', 'UNQUALIFIED', 'ATTEMPTED_TO_CONTACT', 'CONNECTED']

/** The contact properties of a portal nobody has added to. */
export function standardProperties(): Property[] {
  return [
    standard({ name: 'email', label: 'Email', type: 'string', fieldType: 'text', hasUniqueValue: true }),
    text('firstname', 'First Name'),
    text('lastname', 'Last Name'),
    standard({ name: 'phone', label: 'Phone Number', type: 'string', fieldType: 'phonenumber' }),
    standard({ name: 'mobilephone', label: 'Mobile Phone Number', type: 'string', fieldType: 'phonenumber' }),
    text('company', 'Company Name'),
    text('jobtitle', 'Job Title'),
    text('website', 'Website URL'),
    text('address', 'Street Address'),
    text('city', 'City'),
    text('state', 'State/Region'),
    text('zip', 'Postal Code'),
    text('country', 'Country/Region'),
    standard({ name: 'message', label: 'Message', type: 'string', fieldType: 'textarea' }),
    select('lifecyclestage', 'Lifecycle Stage', LIFECYCLE_STAGES),
    select('hs_lead_status', 'Lead Status', LEAD_STATUSES),
    standard(
      { name: 'hubspot_owner_id', label: 'Contact owner', type: 'enumeration', fieldType: 'select' },
      { externalOptions: true },
    ),
    system('hs_object_id', 'number', 'number'),
    system('createdate', 'datetime', 'date'),
    system('lastmodifieddate', 'datetime', 'date'),
    system('hs_merged_object_ids', 'enumeration', 'checkbox'),
    system('hs_additional_emails', 'enumeration', 'checkbox'),
    system('hs_object_source', 'enumeration', 'select'),
    system('hs_object_source_id', 'string', 'text'),
    system('hs_object_source_label', 'enumeration', 'select'),
    calculatedPhone('hs_searchable_calculated_phone_number'),
    calculatedPhone('hs_searchable_calculated_mobile_number'),
    calculatedPhone('hs_searchable_calculated_international_phone_number'),
    calculatedPhone('hs_searchable_calculated_international_mobile_number'),
  ]
}

import { isSupportedCountry } from 'libphonenumber-js/max'
import { z } from 'zod'
import { creationSchema } from './creation-schema.ts'
import { matchStepSchema } from './match-schema.ts'
import { fieldTypes, ruleSchema } from './rule-schema.ts'
import { crmField, name } from './schema-words.ts'

const word = /^[a-z][a-z0-9_]*$/
// For editors; the parser says it in words of its own, in clashing-keys.ts.
const oneSource = ruleSchema.meta({ oneOf: [{ required: ['from'] }, { required: ['template'] }] })
const expectedWord = 'expected a word of a-z, 0-9 and _ that starts with a letter'

const customField = z.strictObject(
  {
    name,
    type: z.enum(fieldTypes).describe('what the field holds'),
    options: z.array(name, 'expected a list of values').min(1, 'name at least one').optional(),
    label: name.optional().describe('what the field is called where people see it'),
    description: name.optional().describe('what the field is for'),
  },
  'expected a field: { name: …, type: … }',
)

/**
 * What a mapping file may hold. The one source of the parser, its messages and `mapping.schema.json`. What a later version
 * brings is in the grammar and refused as "not available yet", so that nobody takes it for a typing error.
 */
export const fileSchema = z
  .strictObject(
    {
      version: z.literal(1),
      crm: z
        .string('expected the kind of CRM, such as hubspot or salesforce')
        .min(1, 'expected the kind of CRM, such as hubspot or salesforce')
        .meta({
          examples: ['hubspot', 'salesforce', 'local'],
          description: 'the kind of CRM that the connection leads to',
        }),
      connection: z
        .string('expected the name of a CRM account, such as main')
        .regex(word, expectedWord)
        .describe(
          'the CRM account; its credentials come from the environment under this name. local: our own contacts',
        ),
      owner: name.optional().describe('who to ask about this file'),
      description: name.optional().describe('what this file is for'),
      object: z
        .string('expected an object of the CRM, such as contacts')
        .min(1, 'expected an object of the CRM, such as contacts')
        .meta({
          examples: ['contacts', 'Contact', 'Lead'],
          description: 'HubSpot and local: contacts; Salesforce: Contact or Lead',
        }),
      agents: z
        .array(name, 'expected a list of agent ids')
        .min(1, 'name at least one agent, or leave "agents" out for all')
        .optional()
        .describe('only conversations of these agents'),
      write: z.boolean('expected true or false').default(true).describe('false: everything runs up to the write'),
      match: z
        .array(matchStepSchema, 'expected a list of steps, such as [{ email: metadata.email }]')
        .min(1, 'name at least one step')
        .optional()
        .describe('how the CRM record of a conversation is found; steps are tried in order. Not for connection local'),
      ambiguous: z.enum(['park', 'newest']).default('park').describe('what happens where several records match'),
      missing: z
        .union(
          [z.literal('skip'), creationSchema],
          'expected skip or { create: { … }, key: a_field_with_unique_values }',
        )
        .default('skip')
        .describe('what happens where no record matches. Not for connection local'),
      default_country: z
        .string('expected text')
        .refine(isSupportedCountry, 'expected an ISO country code, such as US or GB')
        .default('US')
        .describe('the country of numbers without a country code'),
      import: z
        .record(z.string().regex(word, expectedWord), crmField, 'expected { our_field: crm_field }')
        .default({})
        .describe("our contact's field → the CRM's field it is read from"),
      custom_fields: z
        .array(customField, 'expected a list of fields, such as [{ name: budget, type: number }]')
        .optional()
        .describe('connection local only: fields of our contacts and what they hold, written by a rule or not'),
      fields: z
        .array(oneSource, 'expected a list of rules, such as [{ from: call_summary, to: last_call_summary }]')
        .describe('what is written to the CRM'),
      activity: z
        .strictObject(
          { calls: z.boolean().default(false), chats: z.boolean().default(false) },
          'expected { calls, chats }',
        )
        .optional()
        .describe(
          'which conversations are logged on the record: HubSpot as calls and communications, Salesforce as tasks. Not for connection local',
        ),
    },
    'expected the keys of a mapping: version, crm, connection, object, match, fields',
  )
  // As `ownMistakes` has it, for editors.
  .meta({
    if: { properties: { connection: { const: 'local' } } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    then: { properties: { crm: { const: 'local' }, match: false, import: false, missing: false, activity: false } },
    else: { required: ['match'], properties: { custom_fields: false } },
  })

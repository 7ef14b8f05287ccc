import { z } from 'zod'
import { filterKeys, parseFilter, unknownName } from '../filters/index.ts'
import { factNamed, facts } from './facts.ts'
import { formatSchema } from './format-schema.ts'
import { templateMistakes } from './read-template.ts'
import { crmField, name, oneOrMore } from './schema-words.ts'

const from = oneOrMore(name).superRefine((names, context) => {
  for (const [index, wanted] of names.entries()) {
    if (!wanted.startsWith('$')) continue
    const message = factNamed(wanted) === null ? unknownName('fact', wanted, facts) : `${wanted} must stand alone`
    if (factNamed(wanted) === null || names.length > 1) context.addIssue({ code: 'custom', path: [index], message })
  }
})

const template = z
  .string('expected text in quotes, such as "{{call_summary}} ({{$ended_at}})"')
  .superRefine((text, context) => {
    for (const { offset, message } of templateMistakes(text)) {
      context.addIssue({ code: 'custom', path: [offset], message })
    }
  })

const when = z
  .record(z.string(), z.unknown(), 'expected conditions, such as { call_type: phone_call }')
  .transform((conditions, context) => {
    const parsed = parseFilter(conditions)
    if ('filter' in parsed) return parsed.filter
    for (const { path, message } of parsed.errors) context.addIssue({ code: 'custom', path, message })
    return z.NEVER
  })

const value = z.union(
  [z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()],
  'expected text, a number, true, false, a list of texts or null',
)

/** What a field of our own contacts can hold. */
export const fieldTypes = ['text', 'number', 'boolean', 'date', 'datetime', 'list'] as const

export const modes = ['overwrite', 'fill_if_empty', 'max', 'min', 'any', 'union', 'count', 'merge'] as const

/** One field line. */
export const ruleSchema = z.strictObject(
  {
    from: from
      .optional()
      .describe('items, of which the first that the analysis has counts; or one fact such as $ended_at'),
    template: template
      .optional()
      .describe('instead of from: text with {{item}} and {{$fact}} in it; {{#item}}…{{/item}} only where it was said'),
    field: name
      .optional()
      .describe("our contact's field; by default the first name in from, with a template that in to"),
    to: crmField,
    mode: z
      .enum(modes)
      .default('overwrite')
      .describe('how what several conversations say becomes one value; merge: a text combined by a model'),
    existing: z.enum(['dated', 'keep', 'replace']).default('dated').describe('what becomes of a value from before us'),
    human_edits: z
      .enum(['keep', 'final', 'overwrite'])
      .default('keep')
      .describe('what becomes of a change by a person'),
    others: z.enum(['respect', 'ignore']).default('respect').describe('what becomes of a change by anything else'),
    retract: z.enum(['allow', 'never']).default('allow').describe('never: finding nothing withdraws nothing'),
    unverified: z.enum(['skip', 'write']).default('skip').describe('values whose quote is not in the transcript'),
    values: z
      .record(z.string(), value, 'expected a table: { what was said: what to write }')
      .optional()
      .describe('what was said → what to write; null writes nothing'),
    default: value.optional().describe('what to write for what values does not name; null writes nothing'),
    format: formatSchema.optional().describe('how a number or a date is written'),
    formats: z
      .record(z.string(), formatSchema, 'expected a table: { name in the template: format }')
      .optional()
      .describe('how numbers and dates in the template are written, by name'),
    when: when
      .optional()
      .describe('only what conversations passing this filter say')
      .meta({ propertyNames: { enum: [...filterKeys] } }),
    max_length: z
      .int('expected a whole number')
      .min(1, 'expected at least 1')
      .optional()
      .describe('longer text is cut'),
    stamp: z
      .strictObject(
        { at: crmField.optional(), link: crmField.optional() },
        'expected { at: a_field, link: a_field }, or one of them',
      )
      .refine(({ at, link }) => at !== undefined || link !== undefined, 'name at least one of at, link')
      .optional()
      .describe('fields that receive when the deciding conversation ended, and the link to it'),
    type: z
      .enum(fieldTypes)
      .optional()
      .describe(
        'connection local only: what the field holds; by default what the mode or the fact makes of it, else text',
      ),
    options: z
      .array(name, 'expected a list of values')
      .min(1, 'name at least one')
      .optional()
      .describe('connection local only: the only values the field takes'),
    instructions: name.optional().describe('mode: merge: what the text is to be like'),
    owner: name.optional().describe('who to ask about this rule'),
    description: name.optional().describe('what this rule is for'),
  },
  'expected a rule: { from: …, to: … }',
)

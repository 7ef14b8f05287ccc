import { z } from 'zod'
import { textMistakes } from './read-template.ts'

const text = z
  .string('expected text in quotes, such as "{{contact.last_name}}"')
  .trim()
  .min(1, 'must not be blank')
  .superRefine((template, context) => {
    for (const { offset, message } of textMistakes(template))
      context.addIssue({ code: 'custom', path: [offset], message })
  })

/** What a record that the CRM lacks is created with, and the field by which there is never a second one. */
export const creationSchema = z.strictObject(
  {
    create: z
      .record(z.string(), text, 'expected { field of the CRM: text }, such as { lastname: "{{contact.last_name}}" }')
      .describe(
        'what a new record holds beside its key: text with {{item}}, {{$fact}} and {{contact.last_name}} in it; what comes out blank is left out',
      ),
    key: z
      .string('expected the field of the CRM with unique values that holds the number, such as afterword_number')
      .trim()
      .min(1, 'must not be blank')
      .describe(
        'the field of the CRM with unique values (Salesforce: an external id) that holds the number in E.164, or the e-mail',
      ),
    by: z
      .enum(['number', 'email'])
      .optional()
      .describe('what the key holds; by default the number where a step of match is by number, else the e-mail'),
  },
  'expected { create: { … }, key: a_field_with_unique_values }',
)

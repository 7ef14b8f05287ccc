import { z } from 'zod'

/** A name: text that is not blank. */
export const name = z.string('expected text').trim().min(1, 'must not be blank')

export const crmField = z
  .string('expected the name of a field in the CRM')
  .trim()
  .min(1, 'must not be blank')
  .describe('the name of a field in the CRM')

/** One entry or a list of them; always a list once read. */
export function oneOrMore<Entry extends z.ZodType<string>>(entry: Entry) {
  return z
    .union([entry, z.array(entry).min(1, 'name at least one')], 'expected a name or a list of names')
    .transform((given) => [given].flat())
}

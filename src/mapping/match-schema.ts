import { z } from 'zod'
import { crmField, oneOrMore } from './schema-words.ts'
import type { MatchStep } from './types.ts'

const metadata = oneOrMore(z.string('expected text').regex(/^metadata\.\S+$/, 'expected metadata.<key>'))
const numbers = oneOrMore(
  z.string('expected text').regex(/^(from_or_to|metadata\.\S+)$/, 'expected from_or_to or metadata.<key>'),
)

const number = z.strictObject(
  {
    of: numbers.describe(
      'from_or_to: the caller of an inbound call, the callee of an outbound one, the number of a chat',
    ),
    in: oneOrMore(crmField).describe('the number fields of the CRM'),
  },
  'expected { of: from_or_to, in: phone }',
)

/** One way to find the CRM record of a conversation. */
export const matchStepSchema = z
  .strictObject(
    {
      record_id: metadata.optional().describe("where the conversation carries the CRM record's id"),
      email: metadata.optional().describe('where the conversation carries an e-mail address'),
      number: number.optional().describe('a phone number of the conversation, looked up in fields of the CRM'),
    },
    'expected one of { record_id: … }, { email: … }, { number: … }',
  )
  .transform((step, context) => {
    const [only, ...others] = stepsIn(step)
    if (only !== undefined && others.length === 0) return only
    // A mistyped key is reported already and explains why there is no step.
    const isExplained = only === undefined && context.issues.length > 0
    if (!isExplained) context.addIssue('expected exactly one of record_id, email, number')
    return z.NEVER
  })
  .meta({ minProperties: 1, maxProperties: 1 })

type Places = string[] | undefined
type NumberStep = z.output<typeof number> | undefined

function stepsIn(step: { record_id?: Places; email?: Places; number?: NumberStep }): MatchStep[] {
  const steps: MatchStep[] = []
  if (step.record_id) steps.push({ by: 'record_id', of: step.record_id })
  if (step.email) steps.push({ by: 'email', of: step.email })
  if (step.number) steps.push({ by: 'number', ...step.number })
  return steps
}

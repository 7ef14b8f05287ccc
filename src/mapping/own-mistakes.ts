import { z } from 'zod'
import { declarationMistakes } from './declared-fields.ts'
import type { Locate } from './locate.ts'
import { ownFieldProblem } from './own-fields.ts'
import type { Problem } from './problem.ts'
import { rulesIn } from './rules-in.ts'

const fileSchema = z.looseObject({ crm: z.string().optional(), connection: z.string().optional() })
const targetsSchema = z.looseObject({
  to: z.unknown(),
  stamp: z.looseObject({ at: z.unknown(), link: z.unknown() }).optional().catch(undefined),
})

const noMatch = '"match" is missing; expected a list of steps, such as [{ email: metadata.email }]'

/** The connection that is our own contacts, and the kind that it alone is of. */
const own = 'local'

/**
 * What only a file for our own contacts can say, in one that is for a CRM, and the other way round. Looks at nothing else,
 * whatever else is wrong.
 */
export function ownMistakes(file: unknown, locate: Locate): Omit<Problem, 'path'>[] {
  const parsed = fileSchema.safeParse(file)
  if (!parsed.success) return []
  const { crm, connection } = parsed.data
  const keyed = (key: string, message: string) => (key in parsed.data ? [{ ...locate([key], true), message }] : [])
  if (connection !== own && crm !== own) {
    const unmatched = 'match' in parsed.data ? [] : [{ ...locate(['match']), message: noMatch }]
    const declared = keyed('custom_fields', 'leave "custom_fields" out: they are of connection local')
    return [...unmatched, ...declared, ...rulesIn(file).flatMap((rule, place) => typedMistakes(rule, place, locate))]
  }
  return [
    ...(connection === own ? [] : [{ ...locate(['connection']), message: 'crm: local has one connection, local' }]),
    ...(crm === own
      ? []
      : [
          {
            ...locate(['crm']),
            message: 'connection: local is our own contacts: write crm: local, or choose another name',
          },
        ]),
    ...keyed('match', 'leave "match" out: connection local writes to the contact of the conversation'),
    ...keyed('import', 'leave "import" out: connection local is where imports arrive'),
    ...keyed('activity', 'leave "activity" out: connection local has the conversations themselves'),
    ...keyed('missing', 'leave "missing" out: a conversation has its contact, or nothing that names one'),
    ...rulesIn(file).flatMap((rule, place) => targetMistakes(rule, place, locate)),
    ...declarationMistakes(file).map(({ path, message }) => ({ ...locate(path), message })),
  ]
}

/** Names of fields, the stamp's too, that no rule can write. */
function targetMistakes(rule: unknown, place: number, locate: Locate): Omit<Problem, 'path'>[] {
  const { to, stamp } = targetsSchema.safeParse(rule).data ?? {}
  const targets = [
    { key: ['to'], name: to },
    { key: ['stamp', 'at'], name: stamp?.at },
    { key: ['stamp', 'link'], name: stamp?.link },
  ]
  return targets.flatMap(({ key, name }) => {
    const message = typeof name === 'string' ? ownFieldProblem(name.trim()) : null
    return message === null ? [] : [{ ...locate(['fields', place, ...key]), message }]
  })
}

/** A CRM tells itself what its fields hold. */
function typedMistakes(rule: unknown, place: number, locate: Locate): Omit<Problem, 'path'>[] {
  return ['type', 'options'].flatMap((key) => {
    if (typeof rule !== 'object' || rule === null || !(key in rule)) return []
    const message = `"${key}" is for connection local; of other fields the CRM says what they hold`
    return [{ ...locate(['fields', place, key], true), message }]
  })
}

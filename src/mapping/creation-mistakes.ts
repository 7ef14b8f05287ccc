import { z } from 'zod'
import { creationSchema } from './creation-schema.ts'
import type { Locate } from './locate.ts'
import type { Problem } from './problem.ts'
import { rulesIn } from './rules-in.ts'
import { keyKind } from './to-mapping.ts'

const fileSchema = z.looseObject({ missing: z.unknown(), match: z.array(z.looseObject({})).catch([]) })
const ruleSchema = z.looseObject({ to: z.string() })

/** What a creation needs of the rest of its file: a step that knows the person, and a key that nothing else writes. */
export function creationMistakes(file: unknown, locate: Locate): Omit<Problem, 'path'>[] {
  const { missing, match } = fileSchema.safeParse(file).data ?? { match: [] }
  const creation = creationSchema.safeParse(missing).data
  if (creation === undefined) return []
  const { create, key } = creation
  const steps = match.flatMap((step) => Object.keys(step))
  const by = keyKind(creation, steps)
  const place = creation.by === undefined ? 'key' : 'by'
  const mistake = (path: PropertyKey[], message: string, isKey = false) => ({ ...locate(path, isKey), message })
  return [
    ...(steps.includes(by)
      ? []
      : [
          mistake(
            ['missing', place],
            `match has no step by ${by}: nobody could be created by ${by === 'number' ? 'a number' : 'an e-mail'}`,
          ),
        ]),
    ...(key in create
      ? [mistake(['missing', 'create', key], `leave "${key}" out: it is the key, and holds the ${wordFor[by]}`, true)]
      : []),
    ...rulesIn(file).flatMap((rule, index) =>
      ruleSchema.safeParse(rule).data?.to.trim() === key
        ? [mistake(['fields', index, 'to'], `"${key}" is the key of records that are created: no rule may write it`)]
        : [],
    ),
  ]
}

const wordFor = { number: 'number', email: 'e-mail' }

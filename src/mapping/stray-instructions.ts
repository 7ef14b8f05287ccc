import { z } from 'zod'
import type { Locate } from './locate.ts'
import type { Problem } from './problem.ts'
import { modes } from './rule-schema.ts'
import { rulesIn } from './rules-in.ts'

const ruleSchema = z.looseObject({ instructions: z.unknown(), mode: z.enum(modes).default('overwrite') })

/** Instructions of rules that ask no model, whatever else is wrong; a mode that is misspelled is a mistake of its own. */
export function strayInstructions(file: unknown, locate: Locate): Omit<Problem, 'path'>[] {
  return rulesIn(file).flatMap((rule, index) => {
    const { mode, instructions } = ruleSchema.safeParse(rule).data ?? {}
    if (instructions === undefined || mode === 'merge') return []
    const message = `"instructions" is for mode: merge; this rule's mode is ${mode}`
    return [{ ...locate(['fields', index, 'instructions'], true), message }]
  })
}

import { z } from 'zod'
import type { Locate } from './locate.ts'
import type { Problem } from './problem.ts'

const targetsSchema = z.looseObject({ fields: z.array(z.unknown()) })
const targetSchema = z.looseObject({ to: z.string() })

/** Rules of one file that write a field which an earlier one writes; looks only at `to`, whatever else is wrong. */
export function repeatedTargets(file: unknown, locate: Locate): Omit<Problem, 'path'>[] {
  const firstLines = new Map<string, number>()
  return (targetsSchema.safeParse(file).data?.fields ?? []).flatMap((rule, index) => {
    const to = targetSchema.safeParse(rule).data?.to
    if (to === undefined) return []
    const place = locate(['fields', index, 'to'])
    const firstLine = firstLines.get(to)
    firstLines.set(to, firstLine ?? place.line)
    if (firstLine === undefined) return []
    return [
      {
        ...place,
        message: `line ${firstLine} writes "${to}" already; several rules for one field are not available yet`,
      },
    ]
  })
}

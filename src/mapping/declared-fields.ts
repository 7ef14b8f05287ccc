import { z } from 'zod'
import { ownFieldProblem, ownFields } from './own-fields.ts'
import { rulesIn } from './rules-in.ts'

type Mistake = { path: (string | number)[]; message: string }

const named = z.looseObject({ name: z.string().trim() }).nullable().catch(null)
const declaredSchema = z.looseObject({ custom_fields: z.array(named) })
const typedSchema = z.looseObject({
  to: z.string().trim(),
  type: z.unknown().optional(),
  options: z.unknown().optional(),
})

/** What is wrong with the names that `custom_fields` of a file declares: taken, twice, or typed again by a rule. Pure. */
export function declarationMistakes(file: unknown): Mistake[] {
  const entries = declaredSchema.safeParse(file).data?.custom_fields ?? []
  const names = entries.map((entry) => entry?.name)
  const misnamed = entries.flatMap((entry, place): Mistake[] => {
    const message = entry && declaredNameProblem(entry.name, names.indexOf(entry.name) < place)
    return message === null ? [] : [{ path: ['custom_fields', place, 'name'], message }]
  })
  const typed = rulesIn(file).flatMap((rule, place): Mistake[] => {
    const { to, type, options } = typedSchema.safeParse(rule).data ?? {}
    if (to === undefined || !names.includes(to) || (type === undefined && options === undefined)) return []
    const key = type === undefined ? 'options' : 'type'
    const message = `"custom_fields" says what "${to}" holds: leave "${key}" out here`
    return [{ path: ['fields', place, key], message }]
  })
  return [...misnamed, ...typed]
}

/** Why no file can declare a field of this name; null where one can. Pure. */
export function declaredNameProblem(name: string, isTwice: boolean): string | null {
  if (ownFields.some((own) => own === name)) return `"${name}" is a field that every contact has; choose another name`
  return ownFieldProblem(name) ?? (isTwice ? `"${name}" is declared twice` : null)
}

import { z } from 'zod'
import { nearest, unknownName } from '../filters/index.ts'
import type { Locate } from './locate.ts'
import type { Problem } from './problem.ts'

/** The kinds of CRM there are, and the objects of each that a mapping can write to. */
export type Kinds = Readonly<Record<string, { objects: readonly string[] }>>

const targetSchema = z.looseObject({ crm: z.string(), object: z.string().optional() })

/** A kind of CRM that is none, or an object that the kind has not; looks only at these two, whatever else is wrong. */
export function unknownTargets(file: unknown, locate: Locate, kinds: Kinds): Omit<Problem, 'path'>[] {
  const target = targetSchema.safeParse(file).data
  if (target === undefined) return []
  const { crm, object } = target
  const kind = Object.hasOwn(kinds, crm) ? kinds[crm] : undefined
  if (kind === undefined) return [{ ...locate(['crm']), message: unknownName('crm', crm, Object.keys(kinds)) }]
  if (object === undefined || kind.objects.includes(object)) return []
  const close = nearest(object, kind.objects)
  const message = `${crm} has ${kind.objects.join(', ')}${close === null ? '' : `; did you mean "${close}"?`}`
  return [{ ...locate(['object']), message }]
}

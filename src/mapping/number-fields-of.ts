import type { Mapping, MatchStep } from './types.ts'

/** The CRM's fields in which a step of a mapping looks for numbers: also the key of the records that it creates. Pure. */
export function numberFieldsOf({ create }: Pick<Mapping, 'create'>, step: MatchStep): string[] {
  if (step.by !== 'number') return []
  return create?.by === 'number' && !step.in.includes(create.key) ? [...step.in, create.key] : step.in
}

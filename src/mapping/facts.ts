import type { Spoken } from './types.ts'

/** What a rule's `from` can name beside items: things known of every conversation without a model. */
export const facts: readonly (keyof Spoken['facts'])[] = [
  '$ended_at',
  '$duration_s',
  '$direction',
  '$disconnection_reason',
  '$agent',
  '$url',
]

export function factNamed(name: string | undefined): keyof Spoken['facts'] | null {
  return facts.find((fact) => fact === name) ?? null
}

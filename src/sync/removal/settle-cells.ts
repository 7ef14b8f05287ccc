import type { Value } from '../../mapping/index.ts'
import { type RecordFacts, releasesOf } from '../timeline/load-facts.ts'
import type { Trace, TraceRelease } from '../timeline/types.ts'
import type { Take } from '../timeline/voice-of.ts'
import { voicesOf } from '../timeline/voices.ts'
import { placesOf } from './places.ts'

/** What a conversation leaves in one cell of a record. */
export type Left = {
  conversationId: string
  field: string
  at: number
  startedAt: number
  place: string
  value: Value
  rule: string
  beside: readonly string[]
  releases: readonly TraceRelease[]
}

type Facts = Pick<RecordFacts, 'conversations' | 'answers' | 'corrections' | 'releases' | 'traces' | 'ruleByHash'>

/**
 * What these conversations leave in the cells of a record when they go: in each field the value that is in force, where there
 * is one, and the starting point of their release. Of deleted ones, which say nothing any more, only that. Pure.
 */
export function settleCells(
  facts: Facts,
  going: ReadonlySet<string>,
  takeOf: (field: string) => Take | undefined,
): Left[] {
  const places = placesOf(facts, going)
  const deleted = facts.traces.filter((trace) => isSealed(trace) && going.has(trace.conversationId))
  const fields = new Set([
    ...facts.releases.flatMap(({ vals }) => Object.keys(vals)),
    ...facts.traces.map((t) => t.field),
  ])
  const leftIn = (field: string): Left[] => {
    const voices = voicesOf(field, facts, takeOf(field))
    return (voices?.voices ?? []).flatMap(({ linked, says }): Left[] => {
      const { conversationId, at, startedAt } = linked
      if (!going.has(conversationId)) return []
      const releases = releasesOf(
        field,
        facts.releases.filter((release) => release.conversationId === conversationId),
      )
      const value = says.says === 'value' ? says.value : null
      if (value === null && releases.length === 0) return []
      const place = places.get(conversationId) ?? ''
      const [rule = '', ...beside] = (voices?.rules ?? []).map(({ hash }) => hash)
      return [{ conversationId, field, at, startedAt, place, value, rule, beside, releases }]
    })
  }
  return [
    ...[...fields].sort().flatMap(leftIn),
    ...deleted.flatMap(({ conversationId, field, at, startedAt, releases }): Left[] => {
      const last = releases.at(-1)
      const place = places.get(conversationId) ?? ''
      if (last === undefined) return []
      const { rule, beside = [] } = last
      return [{ conversationId, field, at, startedAt, place, value: null, rule, beside, releases }]
    }),
  ]
}

/** Of what is gone already the rule is known. */
function isSealed({ rule }: Trace): boolean {
  return rule === null
}

import type { Mapping } from '../../mapping/index.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import { writesField } from '../timeline/stamps.ts'
import type { Voices } from '../timeline/voices.ts'
import type { ExplainedRecord } from './types.ts'

/** So many conversations are named in a command. */
const mostNamed = 20

/**
 * Conversations of a record that nobody has asked for a field: earlier ones that stay out, later ones without an answer, and
 * all where no run has released a rule. Pure.
 */
export function neverAsked(
  field: string,
  { voices, facts, mappings }: { voices: Voices | null; facts: RecordFacts; mappings: readonly Mapping[] },
): ExplainedRecord['neverAsked'] {
  const writing = voices
    ? voices.rules.map((rule) => rule.mapping)
    : mappings.filter(writes(field)).map((mapping) => mapping.name)
  const linked = facts.conversations.filter(({ mapping, triedBy }) =>
    writing.some((name) => mapping === name || !triedBy.includes(name)),
  )
  const answered = new Set(
    (voices?.voices ?? [])
      .filter(({ says }) => says.says !== 'silent' || (says.why !== 'never_analysed' && says.why !== 'not_asked'))
      .map((voice) => voice.linked.conversationId),
  )
  const open = [...new Map(linked.map((each) => [each.conversationId, each])).values()]
    .filter((each) => !answered.has(each.conversationId))
    .sort((a, b) => b.at - a.at)
    .map((each) => each.conversationId)
  if (open.length === 0) return null
  const named = open.slice(0, mostNamed).map(quoted).join(' ')
  return {
    conversations: open.length,
    command: `afterword backfill plan --id ${named} --reason 'never asked for ${field}'`,
  }
}

function writes(field: string) {
  return (mapping: Mapping) => mapping.rules.some((rule) => writesField(rule, field))
}

/** An id as a shell takes it. */
function quoted(id: string): string {
  return /^[\w.:@+-]+$/.test(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`
}

import { type Analysis, analysesById } from '../../analysis/index.ts'
import { type ConversationWithTurns, loadConversations } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import type { FieldValue, Rule } from '../../mapping/index.ts'
import type { Decision } from '../says.ts'
import type { Correction } from '../timeline/types.ts'
import type { Voice } from '../timeline/voice-of.ts'
import { lastDecisions, linksOf, runsOf, type StoredMatch } from './store.ts'
import type { ExplainedRun } from './types.ts'

/** What stands behind the words of one cell. */
export type Stories = {
  /** By id. */
  analyses: Map<number, Analysis>
  runs: Map<number, ExplainedRun>
  /** By conversation: the last decision, the person's newest word, how it came to the record, its transcript where it is quoted. */
  decisions: Map<string, Decision>
  corrections: Map<string, Correction>
  matches: Map<string, StoredMatch>
  transcripts: Map<string, ConversationWithTurns>
}

/** Loads, for the voices that are shown, everything that is told of them: one statement for each kind of it. */
export async function loadStories(
  db: Db,
  shown: { field: string; voices: readonly Voice[]; corrections: readonly Correction[] },
): Promise<Stories> {
  const { field, voices } = shown
  const ids = voices.map((voice) => voice.linked.conversationId)
  const answers = voices.flatMap(({ answer }) => answer ?? [])
  const asked = new Map(voices.map(({ linked, rule }) => [linked.conversationId, rule.from]))
  const inOrder = [...shown.corrections]
    .sort((a, b) => a.runId - b.runId)
    .filter((each) => asked.get(each.conversationId)?.includes(each.item))
  const corrections = new Map(inOrder.map((each) => [each.conversationId, each]))
  const [analyses, decisions, matches] = await Promise.all([
    analysesById(
      db,
      answers.map((answer) => answer.analysisId),
    ),
    lastDecisions(db, ids, field),
    linksOf(
      db,
      voices.map(({ linked }) => ({ conversationId: linked.conversationId, mapping: linked.mapping })),
    ),
  ])
  const matchRuns = [...matches.values()].flatMap((match) => match.resolvedBy ?? [])
  const wordRuns = ids.flatMap((id) => corrections.get(id)?.runId ?? [])
  const runs = await runsOf(db, [...answers.map((answer) => answer.runId), ...matchRuns, ...wordRuns])
  const quoted = voices.filter(
    ({ rule, answer }) => answer && quotesOf(rule, analyses.get(answer.analysisId)).length > 0,
  )
  const transcripts = await loadConversations(db, [...new Set(quoted.map(({ linked }) => linked.conversationId))])
  return {
    analyses,
    runs,
    decisions,
    corrections,
    matches,
    transcripts: new Map(transcripts.map((conversation) => [conversation.id, conversation])),
  }
}

/** The evidence of what an analysis answers to a rule. Pure. */
export function quotesOf({ from, template }: Rule, analysis: Analysis | undefined): FieldValue['evidence'] {
  const asked = from.flatMap((item) => analysis?.fields[item] ?? [])
  const found = asked.filter((answer) => answer.status === 'found')
  // A template says all that was found, any other rule the first of it.
  const spoken = template === undefined ? [found[0] ?? asked[0]] : found
  return spoken.flatMap((answer) => answer?.evidence ?? [])
}

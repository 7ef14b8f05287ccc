import { type Analysis, analysesById } from '../../analysis/index.ts'
import { type ConversationWithTurns, loadConversations } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import type { FieldValue, Rule } from '../../mapping/index.ts'
import type { Decision } from '../says.ts'
import type { Correction } from '../timeline/types.ts'
import type { Voice } from '../timeline/voices.ts'
import { lastDecisions, linksOf, runsOf, type StoredMatch } from './store.ts'
import type { ExplainedRun } from './types.ts'

/** What stands behind the words of one cell. */
export type Stories = {
  rule: Rule | undefined
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
  shown: { field: string; voices: readonly Voice[]; corrections: readonly Correction[]; rule: Rule | undefined },
): Promise<Stories> {
  const { field, voices, rule } = shown
  const ids = voices.map((voice) => voice.linked.conversationId)
  const answers = voices.flatMap(({ answer }) => answer ?? [])
  const inOrder = [...shown.corrections]
    .sort((a, b) => a.runId - b.runId)
    .filter((each) => rule?.from.includes(each.item))
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
  const quoted = answers.filter(({ analysisId }) => quotesOf(rule, analyses.get(analysisId)).length > 0)
  const transcripts = await loadConversations(db, [...new Set(quoted.map((answer) => answer.conversationId))])
  return {
    rule,
    analyses,
    runs,
    decisions,
    corrections,
    matches,
    transcripts: new Map(transcripts.map((conversation) => [conversation.id, conversation])),
  }
}

/** The evidence of what an analysis answers to a rule. Pure. */
export function quotesOf(rule: Rule | undefined, analysis: Analysis | undefined): FieldValue['evidence'] {
  const asked = (rule?.from ?? []).flatMap((item) => analysis?.fields[item] ?? [])
  return (asked.find((answer) => answer.status === 'found') ?? asked[0])?.evidence ?? []
}

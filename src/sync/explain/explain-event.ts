import type { Turn } from '../../conversations/index.ts'
import type { FieldValue, SetEvent, StepEvent } from '../../mapping/index.ts'
import { eventLabel } from '../decide.ts'
import type { Voice } from '../timeline/voice-of.ts'
import { quotesOf, type Stories } from './load-stories.ts'
import type { ExplainedEvent, Quote } from './types.ts'

/** So many turns before and after a quote are shown with it, and so much of each. */
const turnsAround = 1
const mostCharacters = 240

/** What one conversation says, with where it stands in the transcript, who asked and what was decided. Pure. */
export function explainVoice(
  { linked, rule, says, answer, refused }: Voice,
  stories: Stories,
  decides: boolean,
): ExplainedEvent {
  const { conversationId } = linked
  const analysis = answer ? stories.analyses.get(answer.analysisId) : undefined
  const run = answer ? stories.runs.get(answer.runId) : undefined
  const decision = stories.decisions.get(conversationId)
  const correction = stories.corrections.get(conversationId)
  const turns = stories.transcripts.get(conversationId)?.turns ?? []
  const quotes = quotesOf(rule, analysis).map((quote) => withContext(quote, turns))
  const why = refused ?? (says.says === 'value' ? undefined : says.why)
  return {
    at: new Date(linked.at).toISOString(),
    atLatest: false,
    kind: says.says === 'value' ? 'said' : says.says,
    who: conversationId,
    value: says.says === 'value' ? says.value : null,
    decides,
    ...(why === undefined ? {} : { why }),
    ...(analysis ? { analysis: analysisOf(analysis) } : {}),
    ...(quotes.length > 0 ? { evidence: quotes } : {}),
    ...(run ? { run } : {}),
    ...(correction
      ? {
          correction: {
            item: correction.item,
            value: correction.value,
            run: stories.runs.get(correction.runId) ?? null,
          },
        }
      : {}),
    ...(decision ? { decision } : {}),
    ...matchOf(conversationId, linked.mapping, stories),
  }
}

function analysisOf(analysis: { number: number; model: string; agentVersion: number | null; current: boolean }) {
  const { number, model, agentVersion, current } = analysis
  return { number, model, agentVersion, current }
}

function matchOf(conversationId: string, mapping: string, { matches, runs }: Stories): Pick<ExplainedEvent, 'match'> {
  const match = matches.get(`${mapping} ${conversationId}`)
  if (!match) return {}
  const run = match.resolvedBy === null ? undefined : runs.get(match.resolvedBy)
  return { match: { mapping, step: match.step, ...(run ? { run } : {}) } }
}

function withContext({ turn, quote }: FieldValue['evidence'][number], turns: readonly Turn[]): Quote {
  const first = Math.max(1, turn - turnsAround)
  const around = turns.slice(first - 1, turn + turnsAround).map(({ role, content }, place) => {
    return { turn: first + place, role, text: shortened(content) }
  })
  return { turn, quote, around }
}

function shortened(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters).toWellFormed().trimEnd()}…` : text
}

/** A change by somebody else, or what stood there before. Pure. */
export function explainSet(event: SetEvent, decides: boolean): ExplainedEvent {
  const { kind, at, atLatest, value } = event
  return { at: timeOf(at), atLatest, kind, who: eventLabel(event), value, decides }
}

/** What is left of a conversation that is no more. Pure. */
export function explainSettled(event: StepEvent, decides: boolean): ExplainedEvent {
  const { kind, at, value } = event
  return { at: timeOf(at), atLatest: false, kind, who: eventLabel(event), value, decides }
}

/** An empty value of unknown age stood before everything. */
function timeOf(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : 'before everything'
}

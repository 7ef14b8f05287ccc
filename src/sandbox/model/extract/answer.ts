import { asTexts, type JsonObject } from '../../json.ts'
import { findChoice, findChoices } from './choice.ts'
import { findClauses } from './clause.ts'
import { findEnumeration } from './enumeration.ts'
import type { Evidence, Finding } from './evidence.ts'
import { asksForMerge, mergeTexts } from './merge.ts'
import { findMoment } from './moment.ts'
import { findNumber } from './number.ts'
import { asksForSentiment, findSentiment } from './sentiment.ts'
import { conditionHolds, silenceAbout } from './silence.ts'
import { asksForSuccess, findSuccess } from './success.ts'
import { asksForSummary, summarise } from './summary.ts'
import { findText } from './text.ts'
import { readTranscript, type Transcript } from './transcript.ts'
import { readItem, type WireItem } from './wire-item.ts'
import { emptiestValue, isItemSchema, propertiesOf, propertyOf } from './wire-schema.ts'
import { findYesNo } from './yes-no.ts'

/** An item's answer, in the order its schema wants it: evidence before status before value. */
type FieldAnswer = { evidence: Evidence[]; status: string; value: unknown }

/**
 * Answers a JSON Schema from the transcript of a user message; the same bytes always give the same answer.
 * A property that asks for texts to be merged gets their lines; others that are no items the emptiest value their schema allows.
 */
export function answerSchema(schema: JsonObject, userMessage: string): Record<string, unknown> {
  const transcript = readTranscript(userMessage)
  return Object.fromEntries(
    propertiesOf(schema).map(([key, property]) => [
      key,
      isItemSchema(property) ? answerItem(property, transcript) : answerPlain(property, userMessage),
    ]),
  )
}

/** Answers a request for free text: with the summary of a transcript, else with what was sent, shortened. */
export function answerText(userMessage: string): string {
  const summary = summarise(readItem({ description: 'summary:' }), readTranscript(userMessage))
  return String(summary?.value ?? userMessage.trim().slice(0, 400))
}

function answerPlain(property: JsonObject, userMessage: string): unknown {
  return asksForMerge(property) ? mergeTexts(userMessage) : emptiestValue(property)
}

function answerItem(property: JsonObject, transcript: Transcript): FieldAnswer {
  const item = readItem(property)
  const finding = appliesTo(item, transcript) ? find(item, transcript) : undefined
  if (finding) return { evidence: finding.evidence, status: 'found', value: finding.value }
  const { status, evidence } = silenceAbout(item, transcript)
  const isKnown = asTexts(propertyOf(property, 'status').enum).includes(status)
  return {
    evidence,
    status: isKnown ? status : 'not_mentioned',
    value: emptiestValue(propertyOf(property, 'value')),
  }
}

function appliesTo(item: WireItem, transcript: Transcript): boolean {
  return item.condition === undefined || conditionHolds(item.condition, transcript)
}

function find(item: WireItem, transcript: Transcript): Finding | undefined {
  switch (item.kind) {
    case 'boolean':
      return asksForSuccess(item) ? findSuccess(transcript) : findYesNo(item, transcript)
    case 'choice':
      return asksForSentiment(item) ? findSentiment(item, transcript) : findChoice(item, transcript)
    case 'list':
      if (item.choices.length > 0) return findChoices(item, transcript)
      return findEnumeration(item, transcript) ?? findClauses(item, transcript)
    case 'date':
    case 'datetime':
      return findMoment(item.kind, item, transcript)
    case 'number':
      return findNumber(item, transcript)
    case 'text':
      return asksForSummary(item) ? summarise(item, transcript) : findText(item, transcript)
  }
}

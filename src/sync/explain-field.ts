import { type Analysis, loadAnalyses } from '../analysis/index.ts'
import { findContact } from '../contacts/index.ts'
import type { Wire } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { fold, type Rule, type Says, type TimelineEvent, type Value } from '../mapping/index.ts'
import { eventLabel } from './decide.ts'
import { changesOf, filesOfRules, lastDecisions, runsOf } from './explain-store.ts'
import type { Decision } from './says.ts'
import { loadFacts, type RecordFacts } from './timeline/load-facts.ts'
import { type Voices, voicesOf } from './timeline/voices.ts'

/** One line of a cell's timeline, with everything that stands behind it. */
export type ExplainedEvent = {
  at: string
  atLatest: boolean
  kind: TimelineEvent['kind'] | 'silent' | 'nothing'
  who: string
  value: Value
  decides: boolean
  why?: string
  evidence?: { turn: number; quote: string }[]
  analysis?: { number: number; model: string; agentVersion: number | null; current: boolean }
  run?: { id: number; kind: string; actor: string; reason: string }
  decision?: Decision
}

export type Explanation = {
  contactId: string
  records: {
    connection: string
    externalId: string
    field: string
    /** What the CRM held when we last looked, and what we last intended. */
    seen: Wire
    sent: Wire
    value: Value
    rule: { mapping: string; path: string; line: number; hash: string; mode: string } | null
    timeline: ExplainedEvent[]
    /** Earlier conversations that no run has asked for this field. */
    stayOut: number
    writes: { at: string; run: number | null; before: Wire; after: Wire; outcome: string }[]
  }[]
}

/**
 * Why a CRM field holds what it holds: the whole chain from the value back to the words in the transcript, for every record
 * of a contact (given as id, number or e-mail). Reads our own database only. Throws 404 for an unknown contact, and for a
 * field that no rule writes, naming the ones that some rule does.
 */
export async function explainField(
  deps: { db: Db; defaultCountry: string },
  input: { contact: string; field: string },
): Promise<Explanation> {
  const { db } = deps
  const contact = await findContact(db, input.contact, deps.defaultCountry)
  const facts = await loadFacts(
    db,
    contact.records.map((record) => record.recordId),
  )
  const known = new Set(facts.flatMap((each) => each.releases.flatMap((release) => Object.keys(release.vals))))
  if (!known.has(input.field)) {
    const fields =
      known.size > 0 ? `known fields: ${[...known].sort().join(', ')}` : 'no conversation has reached any field yet'
    throw new AppError('field.not_found', 'skip', `no rule has said anything to ${input.field}; ${fields}`, {
      status: 404,
    })
  }
  const explained = await Promise.all(
    facts.map(async (each) => ({
      connection: contact.records.find((record) => record.recordId === each.recordId)?.connection ?? '',
      externalId: each.externalId,
      field: input.field,
      ...(await explainCell(db, each, input.field)),
    })),
  )
  return { contactId: `contact_${contact.id}`, records: explained }
}

async function explainCell(db: Db, facts: RecordFacts, field: string) {
  const voices = voicesOf(field, facts)
  const ids = facts.conversations.map((each) => each.conversationId)
  const analyses = new Map(
    [...(await loadAnalyses(db, ids)).values()].flat().map((analysis) => [analysis.id, analysis]),
  )
  const runs = await runsOf(
    db,
    (voices?.voices ?? []).flatMap((voice) => voice.answer?.runId ?? []),
  )
  const decisions = await lastDecisions(db, ids, field)
  const state = facts.cells[field]
  const sets = facts.events.filter((event) => event.field === field)
  const said = stepsOf(voices)
  const folded = fold(
    [...sets, ...said],
    voices?.rule ?? { mode: 'overwrite', existing: 'dated', humanEdits: 'keep', others: 'respect' },
  )

  const spoken = (voices?.voices ?? []).map(({ linked, says, answer }): ExplainedEvent & { order: number } => {
    const analysis = answer ? analyses.get(answer.analysisId) : undefined
    const item = voices?.rule.from.find((name) => analysis?.fields[name] !== undefined)
    const run = answer ? runs.get(answer.runId) : undefined
    const decision = decisions.get(linked.conversationId)
    return {
      order: linked.at,
      at: new Date(linked.at).toISOString(),
      atLatest: false,
      kind: says.says === 'value' ? 'said' : says.says,
      who: linked.conversationId,
      value: says.says === 'value' ? says.value : null,
      decides:
        folded.decidedBy !== null &&
        'conversationId' in folded.decidedBy &&
        folded.decidedBy.conversationId === linked.conversationId,
      ...whyOf(says),
      ...evidenceOf(analysis, item),
      ...(run ? { run } : {}),
      ...(decision ? { decision } : {}),
    }
  })
  const set = sets.map((event): ExplainedEvent & { order: number } => ({
    order: event.at,
    at: new Date(event.at).toISOString(),
    atLatest: event.atLatest,
    kind: event.kind,
    who: eventLabel(event),
    value: event.value,
    decides: folded.decidedBy === event,
  }))
  return {
    seen: state?.seen ?? null,
    sent: state?.sent ?? null,
    value: folded.value,
    rule: voices ? await placeOf(db, voices.rule) : null,
    timeline: [...spoken, ...set].sort((a, b) => a.order - b.order).map(({ order: _order, ...event }) => event),
    stayOut: voices?.stayOut ?? 0,
    writes: await changesOf(db, facts.recordId, field),
  }
}

function stepsOf(voices: Voices | null) {
  return (voices?.voices ?? []).flatMap(({ linked, says }) =>
    says.says === 'value'
      ? [
          {
            kind: 'said' as const,
            at: linked.at,
            startedAt: linked.startedAt,
            conversationId: linked.conversationId,
            value: says.value,
          },
        ]
      : [],
  )
}

function whyOf(says: Says): { why?: string } {
  return says.says === 'value' ? {} : { why: says.why }
}

function evidenceOf(analysis: Analysis | undefined, item: string | undefined) {
  if (!analysis) return {}
  const { number, model, agentVersion, current } = analysis
  const evidence = item === undefined ? undefined : analysis.fields[item]?.evidence
  return {
    analysis: { number, model, agentVersion, current },
    ...(evidence && evidence.length > 0 ? { evidence } : {}),
  }
}

async function placeOf(db: Db, rule: Rule) {
  const path = (await filesOfRules(db, [rule.hash])).get(rule.hash) ?? ''
  return { mapping: rule.mapping, path, line: rule.line, hash: rule.hash, mode: rule.mode }
}

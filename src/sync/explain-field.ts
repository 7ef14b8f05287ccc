import { type Analysis, analysesById } from '../analysis/index.ts'
import { findContact } from '../contacts/index.ts'
import { type Crm, readSchema, type Wire } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { fold, isStep, type Rule, type SetEvent, type TimelineEvent, type Value } from '../mapping/index.ts'
import { eventLabel } from './decide.ts'
import { changesOf, filesOfRules, lastDecisions, runsOf } from './explain-store.ts'
import { nothingReleased, saidBy, takeFor } from './plan-cell.ts'
import type { Decision } from './says.ts'
import { loadFacts, type RecordFacts } from './timeline/load-facts.ts'
import { type Voice, type Voices, voicesOf } from './timeline/voices.ts'

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
 * of a contact (given as id, number or e-mail). Reads our own database; the CRM only for a schema never read before. Throws
 * 404 for an unknown contact, and for a field that no rule writes, naming the ones that some rule does.
 */
export async function explainField(
  deps: { db: Db; crms: Map<string, Crm>; defaultCountry: string },
  input: { contact: string; field: string },
): Promise<Explanation> {
  const { db, crms } = deps
  const contact = await findContact(db, input.contact, deps.defaultCountry)
  const facts = await loadFacts(
    db,
    contact.records.map((record) => record.recordId),
  )
  const concerned = facts.filter((each) => fieldsOf(each).has(input.field))
  if (concerned.length === 0)
    throw unknownField(input.field, [...new Set(facts.flatMap((each) => [...fieldsOf(each)]))])
  const explained = await Promise.all(
    concerned.map(async (each) => {
      const { connection = '', object = '' } = contact.records.find((record) => record.recordId === each.recordId) ?? {}
      const crm = crms.get(connection)
      const fields = crm ? await readSchema({ db, crm }, object, { maxAgeMs: Number.POSITIVE_INFINITY }) : []
      const field = fields.find((one) => one.name === input.field)
      const voices = voicesOf(input.field, each, crm && field ? takeFor({ crm, field }) : undefined)
      return {
        connection,
        externalId: each.externalId,
        field: input.field,
        ...(await explainCell(db, each, input.field, voices)),
      }
    }),
  )
  return { contactId: `contact_${contact.id}`, records: explained }
}

/** Also fields of which nothing is left in force: what was written to them was so for a reason. */
function fieldsOf({ releases, cells }: RecordFacts): Set<string> {
  return new Set([...releases.map((release) => release.vals), cells].flatMap(Object.keys))
}

function unknownField(field: string, known: string[]): AppError {
  const names = known.toSorted().join(', ')
  const fields = known.length > 0 ? `known fields: ${names}` : 'no conversation has reached any field yet'
  return new AppError('field.not_found', 'skip', `no rule has said anything to ${field}; ${fields}`, { status: 404 })
}

async function explainCell(db: Db, facts: RecordFacts, field: string, voices: Voices | null) {
  const ids = facts.conversations.map((each) => each.conversationId)
  const spoken = voices?.voices ?? []
  const stories: Stories = {
    analyses: await analysesById(
      db,
      spoken.flatMap(({ answer }) => answer?.analysisId ?? []),
    ),
    runs: await runsOf(
      db,
      spoken.flatMap(({ answer, correctedBy }) => answer?.runId ?? correctedBy ?? []),
    ),
    decisions: await lastDecisions(db, ids, field),
  }
  const state = facts.cells[field]
  const sets = facts.events.filter((event) => event.field === field)
  const folded = fold([...sets, ...saidBy(voices)], voices?.rule ?? nothingReleased)
  const decider = folded.decidedBy !== null && isStep(folded.decidedBy) ? folded.decidedBy.conversationId : undefined
  const said = spoken.map((voice) => ({
    order: voice.linked.at,
    event: explainVoice(voice, voices?.rule, stories, decider),
  }))
  const set = sets.map((event) => ({ order: event.at, event: explainSet(event, folded.decidedBy === event) }))
  return {
    seen: state?.seen ?? null,
    sent: state?.sent ?? null,
    value: folded.value,
    rule: voices ? await placeOf(db, voices.rule) : null,
    timeline: [...said, ...set].sort((a, b) => a.order - b.order).map(({ event }) => event),
    stayOut: voices?.stayOut ?? 0,
    writes: await changesOf(db, facts.recordId, field),
  }
}

/** What stands behind the words of one cell: analyses by id, runs by id, the last decision per conversation. */
type Stories = {
  analyses: Map<number, Analysis>
  runs: Map<number, NonNullable<ExplainedEvent['run']>>
  decisions: Map<string, Decision>
}

function explainVoice(
  voice: Voice,
  rule: Rule | undefined,
  stories: Stories,
  decider: string | undefined,
): ExplainedEvent {
  const { linked, says, answer, correctedBy, refused } = voice
  const analysis = answer ? stories.analyses.get(answer.analysisId) : undefined
  const run = stories.runs.get(answer?.runId ?? correctedBy ?? 0)
  const decision = stories.decisions.get(linked.conversationId)
  const why = refused ?? (says.says === 'value' ? undefined : says.why)
  return {
    at: new Date(linked.at).toISOString(),
    atLatest: false,
    kind: says.says === 'value' ? 'said' : says.says,
    who: linked.conversationId,
    value: says.says === 'value' ? says.value : null,
    decides: decider === linked.conversationId,
    ...(why === undefined ? {} : { why }),
    ...evidenceOf(analysis, rule),
    ...(run ? { run } : {}),
    ...(decision ? { decision } : {}),
  }
}

function explainSet(event: SetEvent, decides: boolean): ExplainedEvent {
  const { kind, at, atLatest, value } = event
  return { at: new Date(at).toISOString(), atLatest, kind, who: eventLabel(event), value, decides }
}

function evidenceOf(analysis: Analysis | undefined, rule: Rule | undefined): Partial<ExplainedEvent> {
  if (!analysis) return {}
  const { number, model, agentVersion, current } = analysis
  const asked = (rule?.from ?? []).flatMap((item) => analysis.fields[item] ?? [])
  const evidence = (asked.find((field) => field.status === 'found') ?? asked[0])?.evidence ?? []
  return { analysis: { number, model, agentVersion, current }, ...(evidence.length > 0 ? { evidence } : {}) }
}

async function placeOf(db: Db, rule: Rule) {
  const path = (await filesOfRules(db, [rule.hash])).get(rule.hash) ?? ''
  return { mapping: rule.mapping, path, line: rule.line, hash: rule.hash, mode: rule.mode }
}

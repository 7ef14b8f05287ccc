import type { FoundContact } from '../../contacts/index.ts'
import type { Crm } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import type { Paces } from '../../limits/index.ts'
import { type Folded, isStep, type Mapping, type Rule } from '../../mapping/index.ts'
import { foldStored } from '../fold-stored.ts'
import { mergedTexts } from '../merge/store.ts'
import { takeFor } from '../plan-cell.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import { writesField } from '../timeline/stamps.ts'
import type { Voices } from '../timeline/voices.ts'
import { explainSet, explainSettled, explainVoice } from './explain-event.ts'
import { fieldsOfRecord } from './field-of.ts'
import { loadStories } from './load-stories.ts'
import { neverAsked } from './never-asked.ts'
import { notesOn } from './notes.ts'
import { changesOf, placesOfRules } from './store.ts'
import type { ExplainedRecord, RulePlace } from './types.ts'

export type ContactRecordOf = FoundContact['records'][number]

type Deps = { db: Db; crms: ReadonlyMap<string, Crm>; paces: Paces; now: () => Date }

/** Everything that stands behind one field of one record: a fixed number of statements, however long the timeline. */
export async function explainRecord(
  { db, crms, paces, now }: Deps,
  cell: { facts: RecordFacts; record: ContactRecordOf; mappings: readonly Mapping[]; field: string; limit: number },
): Promise<ExplainedRecord> {
  const { facts, record, mappings, field: name, limit } = cell
  const { connection, object, externalId } = record
  const crm = crms.get(connection)
  const fieldNamed = await fieldsOfRecord(db, record, crm)
  const field = fieldNamed(name)
  const takeOf = (other: string) => {
    const found = fieldNamed(other)
    return crm && found ? takeFor({ crm, field: found }) : undefined
  }
  const { voices, folded } = await foldStored(db, name, facts, takeOf)
  const { value, decidedBy } = folded
  const sets = facts.events.filter((event) => event.field === name)
  const decider = decidedBy !== null && isStep(decidedBy) ? decidedBy.conversationId : undefined

  const lines = [
    ...(voices?.voices ?? []).map((voice) => {
      return { at: voice.linked.at, decides: voice.linked.conversationId === decider, voice }
    }),
    ...(voices?.settled ?? []).map((settled) => {
      return { at: settled.at, decides: settled === decidedBy, settled }
    }),
    ...sets.map((set) => ({ at: set.at, decides: set === decidedBy, set })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const shown = lines.filter((line, place) => line.decides || place >= lines.length - limit)
  const stories = await loadStories(db, {
    field: name,
    voices: shown.flatMap((line) => ('voice' in line ? [line.voice] : [])),
    corrections: facts.corrections,
  })
  const { rule, ruleNow } = await rulesOf(db, name, { voices, mappings })
  const state = facts.cells[name]
  return {
    connection,
    object,
    externalId,
    field: name,
    seen: state?.seen ?? null,
    sent: state?.sent ?? null,
    value,
    ...(await mergedOf(db, folded)),
    rule,
    ruleNow,
    timeline: shown.map((line) => {
      if ('voice' in line) return explainVoice(line.voice, stories, line.decides)
      return 'settled' in line ? explainSettled(line.settled, line.decides) : explainSet(line.set, line.decides)
    }),
    earlier: lines.length - shown.length,
    stayOut: voices?.stayOut ?? 0,
    neverAsked: neverAsked(name, { voices, facts, mappings }),
    writes: await changesOf(db, { recordId: facts.recordId, field: name, limit }),
    notes: await notesOn(db, { field, name, record, state, voices, mappings, sets, paces, now: now() }),
  }
}

/** Of a field that is merged: the text, made by a model or by nobody yet (null), and what it is made of. */
async function mergedOf(db: Db, { merges }: Folded): Promise<Pick<ExplainedRecord, 'merged'>> {
  const last = merges?.at(-1)
  if (!last) return {}
  const { text = null, isFallback = false } = (await mergedTexts(db, [last.hash])).get(last.hash) ?? {}
  return { merged: { text, isFallback, conversations: last.conversations } }
}

/** The version that decides, and the active one where it is another. */
async function rulesOf(
  db: Db,
  field: string,
  { voices, mappings }: { voices: Voices | null; mappings: readonly Mapping[] },
): Promise<{ rule: RulePlace | null; ruleNow: RulePlace | null }> {
  const active: Rule[] = mappings.flatMap((mapping) => mapping.rules.filter((rule) => writesField(rule, field)))
  const decides = voices?.rule
  const known = new Set(voices?.rules.map((rule) => rule.hash))
  const other = active.find((rule) => !known.has(rule.hash))
  const places = await placesOfRules(
    db,
    [decides, other].flatMap((rule) => (rule ? [rule.hash] : [])),
  )
  const placeOf = (rule: Rule | undefined): RulePlace | null => {
    if (!rule) return null
    const { path = '', text = '' } = places.get(rule.hash) ?? {}
    const { mapping, line, hash, mode, owner, description } = rule
    const about = { ...(owner === undefined ? {} : { owner }), ...(description === undefined ? {} : { description }) }
    return { mapping, path, line, text, hash, mode, ...about }
  }
  return { rule: placeOf(decides), ruleNow: placeOf(other) }
}

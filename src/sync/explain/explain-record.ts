import type { FoundContact } from '../../contacts/index.ts'
import type { Crm } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import type { Paces } from '../../limits/index.ts'
import { fold, isStep, type Mapping, type Rule } from '../../mapping/index.ts'
import { nothingReleased, saidBy, takeFor } from '../plan-cell.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import { type Voices, voicesOf } from '../timeline/voices.ts'
import { explainSet, explainVoice } from './explain-event.ts'
import { fieldOf } from './field-of.ts'
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
  const field = await fieldOf(db, record, name)
  const voices = voicesOf(name, facts, crm && field ? takeFor({ crm, field }) : undefined)
  const sets = facts.events.filter((event) => event.field === name)
  const { value, decidedBy } = fold([...sets, ...saidBy(voices)], voices?.rule ?? nothingReleased)
  const decider = decidedBy !== null && isStep(decidedBy) ? decidedBy.conversationId : undefined

  const lines = [
    ...(voices?.voices ?? []).map((voice) => {
      return { at: voice.linked.at, decides: voice.linked.conversationId === decider, voice }
    }),
    ...sets.map((set) => ({ at: set.at, decides: set === decidedBy, set })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const shown = lines.filter((line, place) => line.decides || place >= lines.length - limit)
  const stories = await loadStories(db, {
    field: name,
    voices: shown.flatMap((line) => ('voice' in line ? [line.voice] : [])),
    corrections: facts.corrections,
    rule: voices?.rule,
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
    rule,
    ruleNow,
    timeline: shown.map((line) =>
      'voice' in line ? explainVoice(line.voice, stories, line.decides) : explainSet(line.set, line.decides),
    ),
    earlier: lines.length - shown.length,
    stayOut: voices?.stayOut ?? 0,
    neverAsked: neverAsked(name, { voices, facts, mappings }),
    writes: await changesOf(db, { recordId: facts.recordId, field: name, limit }),
    notes: await notesOn(db, { field, name, record, state, voices, mappings, sets, paces, now: now() }),
  }
}

/** The version that decides, and the active one where it is another. */
async function rulesOf(
  db: Db,
  field: string,
  { voices, mappings }: { voices: Voices | null; mappings: readonly Mapping[] },
): Promise<{ rule: RulePlace | null; ruleNow: RulePlace | null }> {
  const active: Rule[] = mappings.flatMap((mapping) => mapping.rules.filter((rule) => rule.field === field))
  const decides = voices?.rule
  const isActive = active.some((rule) => rule.hash === decides?.hash)
  const other = isActive ? undefined : active[0]
  const places = await placesOfRules(
    db,
    [decides, other].flatMap((rule) => (rule ? [rule.hash] : [])),
  )
  const placeOf = (rule: Rule | undefined): RulePlace | null => {
    if (!rule) return null
    const { path = '', text = '' } = places.get(rule.hash) ?? {}
    return { mapping: rule.mapping, path, line: rule.line, text, hash: rule.hash, mode: rule.mode }
  }
  return { rule: placeOf(decides), ruleNow: placeOf(other) }
}

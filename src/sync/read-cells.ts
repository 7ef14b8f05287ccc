import type { CallCounts, Crm, HistoryEntry, Reading } from '../crm/index.ts'
import { type CellScope, spellingOf } from './plan-cell.ts'
import { needsHistory, needsHistoryAnyway } from './timeline/classify.ts'
import { knownOf } from './timeline/known-of.ts'
import type { RecordFacts } from './timeline/load-facts.ts'

type Draft = { facts: RecordFacts; scopes: CellScope[] }
type FieldHistories = Record<string, HistoryEntry[]>

/**
 * The current values of these cells, and the histories that can tell something new: of cells never looked at or with an intent
 * whose end is not known, and of those that hold another value than the last one seen. The former come with their values where
 * the CRM tells both in one call. `historyOf`: null where it was not asked for. `since` as `switchedOn` has it. Throws the CRM's `AppError`.
 */
export async function readCells(
  deps: { crm: Crm; now: () => Date },
  object: string,
  drafts: readonly Draft[],
  since: ReadonlyMap<string, number>,
  counts: CallCounts,
) {
  const { crm, now } = deps
  const { readWithHistory } = crm
  const startedAt = now().getTime()
  const isNew = ({ scopes }: Draft) =>
    scopes.some((scope) => scope.field.hasHistory && needsHistoryAnyway(knownOf(scope, since, startedAt)))
  const whole = readWithHistory ? drafts.filter(isNew) : []
  const plain = drafts.filter((draft) => !whole.includes(draft))
  const [both, values] = await Promise.all([
    whole.length > 0 && readWithHistory
      ? readWithHistory(object, idsOf(whole), namesOf(whole), namesOf(whole, hasHistory), counts)
      : { readings: new Map<string, Reading>(), histories: new Map<string, FieldHistories>() },
    plain.length > 0 ? crm.read(object, idsOf(plain), namesOf(plain), counts) : new Map<string, Reading>(),
  ])
  const readings = new Map([...both.readings, ...values])
  const readAt = now().getTime()

  const asked = new Map<string, ReadonlySet<string>>()
  for (const { facts, scopes } of drafts) {
    const reading = readings.get(facts.externalId)
    if (!reading) continue
    const unsure = scopes.filter((scope) => {
      const current = reading.values[scope.field.name] ?? null
      return hasHistory(scope) && needsHistory(knownOf(scope, since, readAt), current, spellingOf(scope))
    })
    if (unsure.length > 0) asked.set(facts.externalId, new Set(unsure.map(({ field }) => field.name)))
  }
  const told = new Set(idsOf(whole))
  const open = [...asked].filter(([id]) => !told.has(id))
  const names = [...new Set(open.flatMap(([, fields]) => [...fields]))].sort()
  const ids = open.map(([id]) => id)
  const later = ids.length > 0 ? await crm.history(object, ids, names, counts) : new Map<string, FieldHistories>()
  const historyOf = (id: string, field: string): HistoryEntry[] | null =>
    asked.get(id)?.has(field) ? ((told.has(id) ? both.histories : later).get(id)?.[field] ?? []) : null
  return { readings, readAt, historyOf }
}

function idsOf(drafts: readonly Draft[]): string[] {
  return drafts.map(({ facts }) => facts.externalId)
}

function namesOf(drafts: readonly Draft[], isMeant: (scope: CellScope) => boolean = () => true): string[] {
  return [...new Set(drafts.flatMap(({ scopes }) => scopes.filter(isMeant).map(({ field }) => field.name)))].sort()
}

function hasHistory({ field }: CellScope): boolean {
  return field.hasHistory
}

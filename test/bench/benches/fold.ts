import { type FoldRule, fold, type Mode, type TimelineEvent, type Value } from '../../../src/mapping/index.ts'
import { base, edited, ruleOf, said } from '../../mapping/timelines.ts'
import { type Figure, perSecond, type Rates, rateFigure } from '../figures.ts'
import { measurePlan } from '../plan-records.ts'

const rounds = 9
/** Events folded in one round, whatever the length of the timelines. */
const eventsFolded = 1_000_000
const modes: Mode[] = ['overwrite', 'fill_if_empty', 'max', 'min', 'count']

/**
 * How fast one core folds cells of 1, 10 and 100 events, each beside a bare loop that puts the same arrays in order and takes
 * the last value; and what the plan of 50,000 records costs.
 */
export async function measure(): Promise<Figure[]> {
  return [
    await measureFold(1, 0.2),
    await measureFold(10, 0.3),
    await measureFold(100, 0.3),
    ...(await measurePlan(50_000)),
  ]
}

async function measureFold(length: number, ofBaseline: number): Promise<Figure> {
  const cells = eventsFolded / length
  const timelines = Array.from({ length: 100 }, (_, seed) => timelineOf(length, seed))
  const rules = modes.map((mode) => ruleOf(mode))
  const rates: Rates = { ours: [], bare: [] }
  for (let round = 0; round < rounds; round += 1) {
    rates.ours.push(await perSecond(cells, () => foldAll(timelines, rules, cells)))
    rates.bare.push(await perSecond(cells, () => takeLast(timelines, cells)))
  }
  const events = length === 1 ? '1 event' : `${length} events`
  return rateFigure(`cells of ${events} folded`, 'cells/s', rates, ofBaseline)
}

/** What conversations say, in no order; in longer ones also a value from before us and an edit in the middle. */
function timelineOf(length: number, seed: number): TimelineEvent[] {
  const sets = length > 2 ? [base(0, 7), edited(45, seed % 50)] : []
  const steps = Array.from({ length: length - sets.length }, (_, index) =>
    said((index * 37 + seed * 11) % 89, (index * 13 + seed) % 50),
  )
  return [...steps, ...sets]
}

function foldAll(events: TimelineEvent[][], rules: FoldRule[], cells: number): void {
  let known = 0
  for (let at = 0; at < cells; at += 1) {
    const [timeline, rule] = [events[at % events.length], rules[at % rules.length]]
    if (timeline && rule && fold(timeline, rule).value !== null) known += 1
  }
  if (known !== cells) throw new Error(`only ${known} cells came to a value`)
}

function takeLast(events: TimelineEvent[][], cells: number): void {
  let known = 0
  for (let at = 0; at < cells; at += 1) {
    let value: Value = null
    for (const event of [...(events[at % events.length] ?? [])].sort((a, b) => a.at - b.at)) value = event.value
    if (value !== null) known += 1
  }
  if (known !== cells) throw new Error(`only ${known} cells came to a value`)
}

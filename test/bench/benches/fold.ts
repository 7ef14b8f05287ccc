import { type FoldRule, fold, type Mode, type TimelineEvent, type Value } from '../../../src/mapping/index.ts'
import { base, edited, ruleOf, said } from '../../mapping/timelines.ts'
import { type Figure, perSecond, type Rates, rateFigure } from '../figures.ts'

const rounds = 9
const timelines = 200_000
const modes: Mode[] = ['overwrite', 'fill_if_empty', 'max', 'min', 'count']

/** How fast timelines of ten events are folded, beside a bare loop that puts the same arrays in order and takes the last value. */
export async function measure(): Promise<Figure[]> {
  const events = Array.from({ length: 100 }, (_, seed) => timelineOf(seed))
  const rules = modes.map((mode) => ruleOf(mode))
  const rates: Rates = { ours: [], bare: [] }
  for (let round = 0; round < rounds; round += 1) {
    rates.ours.push(await perSecond(timelines, () => foldAll(events, rules)))
    rates.bare.push(await perSecond(timelines, () => takeLast(events)))
  }
  return [rateFigure('timelines of 10 events folded', 'timelines/s', rates, 0.3)]
}

/** A value from before us, an edit in the middle, and what eight conversations say, in no order. */
function timelineOf(seed: number): TimelineEvent[] {
  const steps = Array.from({ length: 8 }, (_, index) => said((index * 37 + seed * 11) % 89, (index * 13 + seed) % 50))
  return [...steps, base(0, 7), edited(45, seed % 50)]
}

function foldAll(events: TimelineEvent[][], rules: FoldRule[]): void {
  let known = 0
  for (let at = 0; at < timelines; at += 1) {
    const [timeline, rule] = [events[at % events.length], rules[at % rules.length]]
    if (timeline && rule && fold(timeline, rule).value !== null) known += 1
  }
  if (known !== timelines) throw new Error(`only ${known} timelines came to a value`)
}

function takeLast(events: TimelineEvent[][]): void {
  let known = 0
  for (let at = 0; at < timelines; at += 1) {
    let value: Value = null
    for (const event of [...(events[at % events.length] ?? [])].sort((a, b) => a.at - b.at)) value = event.value
    if (value !== null) known += 1
  }
  if (known !== timelines) throw new Error(`only ${known} timelines came to a value`)
}

export type Figure = {
  name: string
  median: number
  /** What it is held against: a bare loop over the same work in the same run, or its own first measurement. */
  baseline: number
  /** The worst that is acceptable: a number, or a share of the baseline. */
  bar: number | { ofBaseline: number }
  unit: string
  better: 'lower' | 'higher'
}

/** The middle of the samples; of an even number, the mean of the two in the middle. */
export function median(samples: number[]): number {
  const sorted = samples.toSorted((one, other) => one - other)
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1)
  return middle.reduce((sum, sample) => sum + sample, 0) / middle.length
}

/** Times `work`, done `times` times over, each in milliseconds. */
export async function sampleMs(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let round = 0; round < times; round += 1) {
    const started = performance.now()
    await work()
    samples.push(performance.now() - started)
  }
  return samples
}

/** How many things a second `work` gets done, if it does `count`. */
export async function perSecond(count: number, work: () => unknown): Promise<number> {
  const started = performance.now()
  await work()
  return (count * 1_000) / (performance.now() - started)
}

/** Rates of ours and of a bare loop, taken by turns: the other users of a machine get in the way of both. */
export type Rates = { ours: number[]; bare: number[] }

export function rateFigure(name: string, unit: string, rates: Rates, ofBaseline: number): Figure {
  const baseline = median(rates.bare)
  return { name, median: median(rates.ours), baseline, bar: { ofBaseline }, unit, better: 'higher' }
}

export function misses({ median, baseline, bar, better }: Figure): boolean {
  const limit = typeof bar === 'number' ? bar : bar.ofBaseline * baseline
  return better === 'lower' ? !(median <= limit) : !(median >= limit)
}

/** One figure on one line, beside its baseline and its bar. */
export function describeFigure(figure: Figure): string {
  const { name, median, baseline, bar, unit, better } = figure
  const verdict = misses(figure) ? 'MISSES' : 'holds'
  const limit = better === 'lower' ? 'at most' : 'at least'
  const held =
    typeof bar === 'number'
      ? `baseline ${round(baseline)}, bar ${limit} ${bar}`
      : `baseline ${round(baseline)}: ${round(median / baseline)} of it, bar ${limit} ${bar.ofBaseline}`
  return `${verdict.padEnd(7)}${name}: ${round(median)} ${unit} (${held})`
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}

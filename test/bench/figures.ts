export type Figure = {
  name: string
  median: number
  /** What it was when it was first measured, and the worst that is acceptable. */
  baseline: number
  bar: number
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

export function misses({ median, bar, better }: Figure): boolean {
  return better === 'lower' ? !(median <= bar) : !(median >= bar)
}

/** One figure on one line, beside its baseline and its bar. */
export function describeFigure(figure: Figure): string {
  const { name, median, baseline, bar, unit, better } = figure
  const verdict = misses(figure) ? 'MISSES' : 'holds'
  const limit = better === 'lower' ? 'at most' : 'at least'
  return `${verdict.padEnd(7)}${name}: ${round(median)} ${unit} (baseline ${baseline}, bar ${limit} ${bar})`
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}

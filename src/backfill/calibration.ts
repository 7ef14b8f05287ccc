import type { Usage } from '../model/index.ts'

/** Some calls: how many, the static bytes of each, and of all together the fields (or texts to merge) and the stored text. */
export type Calls = { calls: number; staticBytes: number; parts: number; textBytes: number }

/** One call that was made, and what the provider counted. */
export type Sample = Calls & Usage

/** What calls of one purpose to one model come to, by the last ones that this installation made. */
export type Calibration = {
  purpose: 'analysis' | 'merge'
  model: string
  /** How many calls that are; 0: too few, so the starting values count as they are. */
  learnedFrom: number
  /** What the starting values are multiplied by. */
  inputTimes: number
  outputTimes: number
  /** Of static parts that are worth caching and were sent before: the share that came from the provider's cache. Null: not learned yet. */
  cachedShare: number | null
  /** Of all input of such calls: the share that was written to the cache. */
  writtenShare: number
  /** Oldest first. */
  samples: readonly Sample[]
}

/** As many real calls as reference/llm.md section 2 asks for. */
const enoughCalls = 50

/**
 * Bytes of one token: rules and schemas have about 3.8, numbered and timed lines 3.2 (reference/llm.md section 2). Turns as they are
 * stored take more bytes than the lines that a model reads.
 */
const bytesPerToken = { static: 3.8, stored: 4.2 }
/** Evidence, status and value of one field, as measured on the sample conversations. */
const outputTokensPerField = 30
/** The rules of a merge; a text before it is known, some sixty words, in as in out. */
const mergeTokens = { rules: 350, text: 80, answer: 160 }
/** Static parts below this are not cached by the provider (reference/llm.md 1.6). */
const smallestCachedBytes = 1_024 * 4

/**
 * Learns from the last calls, oldest first: what the provider counted, over what the starting values say of the same stored text. So
 * everything between the two is learned at once: how turns are rendered and cut, the frame around them, the tokenizer, answers that
 * had to be asked for twice. Pure.
 */
export function calibrate(purpose: Calibration['purpose'], model: string, samples: readonly Sample[]): Calibration {
  const unlearned = { inputTimes: 1, outputTimes: 1, cachedShare: null, writtenShare: 0, samples: [] }
  if (samples.length < enoughCalls) return { purpose, model, learnedFrom: 0, ...unlearned }
  const starting = samples.map((sample) => startingTokens(purpose, sample))
  const inputTimes =
    ratio(
      sum(samples, (each) => each.inputTokens),
      sum(starting, (each) => each.input),
    ) ?? 1
  const outputTimes =
    ratio(
      sum(samples, (each) => each.outputTokens),
      sum(starting, (each) => each.output),
    ) ?? 1
  // A first call finds nothing in the cache and writes, as the first of a plan will.
  const sent = new Set<number>()
  const repeated = samples.filter(({ staticBytes }) => sent.size === sent.add(staticBytes).size)
  const cacheable = repeated.filter(isCacheable)
  const staticTokens = sum(cacheable, (each) => startingTokens(purpose, each).static) * inputTimes
  return {
    purpose,
    model,
    learnedFrom: samples.length,
    inputTimes,
    outputTimes,
    cachedShare: ratio(
      sum(cacheable, (each) => each.cachedTokens),
      staticTokens,
    ),
    writtenShare:
      ratio(
        sum(repeated, (each) => each.cacheWriteTokens),
        sum(repeated, (each) => each.inputTokens),
      ) ?? 0,
    samples,
  }
}

/**
 * What calls are expected to use, all together, where such shares of their static parts come from the provider's cache and are
 * written to it; more is written where that was learned. Pure.
 */
export function expectedUsage(
  { purpose, inputTimes, outputTimes, writtenShare }: Calibration,
  calls: Calls,
  { cachedShare, coldShare }: { cachedShare: number; coldShare: number },
): Usage {
  const tokens = startingTokens(purpose, calls)
  const inputTokens = tokens.input * inputTimes
  const cacheableTokens = isCacheable(calls) ? tokens.static * inputTimes : 0
  const cachedTokens = Math.min(inputTokens, cacheableTokens * cachedShare)
  return {
    inputTokens,
    cachedTokens,
    cacheWriteTokens: Math.min(
      inputTokens - cachedTokens,
      Math.max(cacheableTokens * coldShare, writtenShare * inputTokens),
    ),
    outputTokens: tokens.output * outputTimes,
  }
}

/** The tokens that a call did use, with the cache at work as it is expected to be. Pure. */
export function countedUsage(
  calibration: Calibration,
  sample: Sample,
  shares: { cachedShare: number; coldShare: number },
): Usage {
  const { inputTokens, outputTokens } = sample
  const cachedTokens = Math.min(inputTokens, expectedUsage(calibration, sample, shares).cachedTokens)
  const cacheWriteTokens = Math.min(inputTokens - cachedTokens, calibration.writtenShare * inputTokens)
  return { inputTokens, cachedTokens, cacheWriteTokens, outputTokens }
}

function startingTokens(purpose: Calibration['purpose'], { calls, staticBytes, parts, textBytes }: Calls) {
  if (purpose === 'merge') {
    const { rules, text, answer } = mergeTokens
    return { static: calls * rules, input: calls * rules + parts * text, output: calls * answer }
  }
  const inStatic = (calls * staticBytes) / bytesPerToken.static
  return { static: inStatic, input: inStatic + textBytes / bytesPerToken.stored, output: parts * outputTokensPerField }
}

function isCacheable({ staticBytes }: Calls): boolean {
  return staticBytes >= smallestCachedBytes
}

/** Null where there is nothing to learn from: of nothing there is no share. */
function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function sum<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((total, each) => total + of(each), 0)
}

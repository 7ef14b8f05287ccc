import { noUsage, type Usage } from '../model/index.ts'

/** Some calls: how many, the static bytes of each, and of all together the fields (or texts to merge) and the stored text. */
export type Calls = { calls: number; staticBytes: number; parts: number; textBytes: number }

/** One call that was made, and what the provider counted. */
export type Sample = Calls & { inputTokens: number; cachedTokens: number; outputTokens: number }

/** What calls of one purpose to one model come to, by the last ones that this installation made. */
export type Calibration = {
  purpose: 'analysis' | 'merge'
  model: string
  /** How many calls that are; 0: too few, so the starting values count as they are. */
  learnedFrom: number
  /** What the starting values are multiplied by. */
  inputTimes: number
  outputTimes: number
  /** Of a static part that is worth caching: the share that comes from the provider's cache. */
  cachedShare: number
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
  if (samples.length < enoughCalls)
    return { purpose, model, learnedFrom: 0, inputTimes: 1, outputTimes: 1, cachedShare: 1, samples: [] }
  const starting = samples.map((sample) => startingTokens(purpose, sample))
  const inputTimes = sum(samples, (each) => each.inputTokens) / sum(starting, (each) => each.input)
  const outputTimes = sum(samples, (each) => each.outputTokens) / sum(starting, (each) => each.output)
  const cacheable = samples.filter(isCacheable)
  const staticTokens = sum(cacheable, (each) => startingTokens(purpose, each).static) * inputTimes
  const cachedShare = staticTokens === 0 ? 1 : sum(cacheable, (each) => each.cachedTokens) / staticTokens
  return { purpose, model, learnedFrom: samples.length, inputTimes, outputTimes, cachedShare, samples }
}

/**
 * What calls are expected to use, all together, where so much of their static parts comes from the provider's cache. What does not is
 * written to it, by models that are told where to (`writes`). Pure.
 */
export function expectedUsage(calibration: Calibration, calls: Calls, cachedShare: number, writes: boolean): Usage {
  const { purpose, inputTimes, outputTimes } = calibration
  const tokens = startingTokens(purpose, calls)
  const cacheableTokens = isCacheable(calls) ? tokens.static * inputTimes : 0
  const cachedTokens = cacheableTokens * cachedShare
  return {
    inputTokens: tokens.input * inputTimes,
    cachedTokens,
    cacheWriteTokens: writes ? Math.max(0, cacheableTokens - cachedTokens) : 0,
    outputTokens: tokens.output * outputTimes,
  }
}

/** What a call did use; what it wrote to the cache, which is not kept, is what it would have had to write. Pure. */
export function countedUsage(calibration: Calibration, sample: Sample, writes: boolean): Usage {
  const { inputTokens, cachedTokens, outputTokens } = sample
  const { cacheWriteTokens } = expectedUsage(calibration, sample, 0, writes)
  return {
    ...noUsage,
    inputTokens,
    cachedTokens,
    cacheWriteTokens: Math.max(0, cacheWriteTokens - cachedTokens),
    outputTokens,
  }
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

function sum<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((total, each) => total + of(each), 0)
}

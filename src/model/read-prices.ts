import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import shipped from './prices.json' with { type: 'json' }
import type { ModelFacts, PriceTable } from './prices.ts'

const usd = z.number().nonnegative()
const times = z.number().min(1)
const day = z.iso.date('must be a day such as 2026-11-21')

const modelSchema = z.strictObject({
  usd_per_million: z
    .strictObject({ input: usd, cached: usd, cache_write: usd.nullable(), output: usd })
    .nullable()
    .optional(),
  long_context: z
    .strictObject({ above_tokens: z.number().int().positive(), input_times: times, output_times: times })
    .nullable()
    .optional(),
  flex_times: z.number().positive().max(1).optional(),
  shuts_down: day.nullable().optional(),
  reasons_by_default: z.boolean().optional(),
  takes_breakpoints: z.boolean().optional(),
})
type ModelEntry = z.infer<typeof modelSchema>

const fileSchema = z.strictObject({ as_of: day, models: z.record(z.string().min(1), modelSchema) })
type PriceFile = z.infer<typeof fileSchema>

/** What ships with the program. */
export const shippedPrices: PriceTable = merge([fileSchema.parse(shipped)])

/**
 * The table that ships, with what a file of the same shape says instead: per model, each key that it gives; a day of its own for those
 * models. Null: as it ships. Throws `prices.invalid` (stop) with one line for everything that is wrong with the file.
 */
export async function readPrices(file: string | null): Promise<PriceTable> {
  if (file === null) return shippedPrices
  return merge([fileSchema.parse(shipped), parsePrices(file, await textOf(file))])
}

function parsePrices(file: string, text: string): PriceFile {
  const parsed = fileSchema.safeParse(parseJson(file, text), { reportInput: true })
  if (parsed.success) return parsed.data
  throw unusable(file, parsed.error.issues.flatMap(linesOf))
}

function linesOf(issue: z.core.$ZodIssue): string[] {
  const place = issue.path.map(String)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${[...place, key].join('.')}: is no key of this file`)
  return [`${place.join('.') || 'the file'}: ${issue.input === undefined ? 'is missing' : issue.message}`]
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw unusable(file, [error instanceof Error ? error.message : String(error)])
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unusable(file, [`not JSON: ${error instanceof Error ? error.message : String(error)}`])
  }
}

function unusable(file: string, problems: string[]): AppError {
  const lines = problems.map((problem) => `  ${problem}`).join('\n')
  return new AppError('prices.invalid', 'stop', `the prices in ${file} (AFTERWORD_PRICES) cannot be used:\n${lines}`, {
    facts: { problems },
  })
}

/** The later file wins, key by key of a model. */
function merge(files: PriceFile[]): PriceTable {
  const entries = new Map<string, ModelEntry & { as_of: string }>()
  for (const { as_of, models } of files)
    for (const [model, given] of Object.entries(models)) entries.set(model, { ...entries.get(model), ...given, as_of })
  return new Map([...entries].map(([model, entry]) => [model, toFacts(entry)]))
}

function toFacts({
  as_of,
  usd_per_million: usd,
  long_context: long,
  ...rest
}: ModelEntry & { as_of: string }): ModelFacts {
  return {
    asOf: as_of,
    price: usd
      ? { inputUsd: usd.input, cachedUsd: usd.cached, cacheWriteUsd: usd.cache_write, outputUsd: usd.output }
      : null,
    longContext: long
      ? { aboveTokens: long.above_tokens, inputTimes: long.input_times, outputTimes: long.output_times }
      : null,
    flexTimes: rest.flex_times ?? 1,
    shutsDownOn: rest.shuts_down ?? null,
    reasonsByDefault: rest.reasons_by_default ?? false,
    takesBreakpoints: rest.takes_breakpoints ?? false,
  }
}

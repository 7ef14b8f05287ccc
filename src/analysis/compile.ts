import { createHash } from 'node:crypto'
import type { AnalysisConfig, FrozenConfig } from '../agents/index.ts'
import type { ConversationKind } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { unknownName } from '../filters/index.ts'
import { type CompiledItem, compileItems } from './compile-items.ts'
import { instructions } from './instructions.ts'
import { type TalkDetector, talkDetector } from './talks-to-model.ts'
import { type JsonSchema, wireSchema } from './wire-schema.ts'

/** A config made ready to be asked: the static part of every request that it leads to. */
export type CompiledConfig = {
  items: CompiledItem[]
  schema: JsonSchema
  instructions: string
  /** Over schema and instructions: requests that share it share the provider's cache. */
  schemaHash: string
  /** Variables named `{{so}}` in prompts, sorted: their values are given with the conversation. */
  variables: string[]
  /** Finds the turns that talk to the model, of whom these items are asked. */
  talks: TalkDetector
}

const mostRemembered = 200
const remembered = new Map<string, CompiledConfig>()

/** What `compileConfig` says of a config that is frozen under its hash, which is compiled once; the newest are remembered. */
export function compileFrozen(
  { hash, config }: Pick<FrozenConfig, 'hash' | 'config'>,
  kind: ConversationKind,
): CompiledConfig {
  const key = `${kind} ${hash}`
  const compiled = remembered.get(key) ?? compileConfig(config, kind)
  if (!remembered.has(key) && remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value ?? '')
  remembered.set(key, compiled)
  return compiled
}

/** Compiles a config for one kind of conversation. Pure: the same config gives the same bytes, in every process. */
export function compileConfig(config: AnalysisConfig, kind: ConversationKind): CompiledConfig {
  return ofItems(compileItems(config, kind))
}

/** The part of a config that asks for these items alone. Pure. Throws `rerun.unknown_field` (422) for one that it has not. */
export function compileOnly(whole: CompiledConfig, names: readonly string[]): CompiledConfig {
  const known = whole.items.map(({ name }) => name)
  const problems = names.filter((name) => !known.includes(name)).map((name) => unknownName('field', name, known))
  if (problems.length > 0)
    throw new AppError('rerun.unknown_field', 'skip', problems.join('; '), { status: 422, facts: { problems } })
  return ofItems(whole.items.filter(({ name }) => names.includes(name)))
}

function ofItems(items: CompiledItem[]): CompiledConfig {
  const schema = wireSchema(items)
  const schemaHash = createHash('sha256').update(JSON.stringify(schema)).update(instructions).digest('hex')
  const talks = talkDetector(items.map(({ name }) => name))
  return { items, schema, instructions, schemaHash, variables: variablesIn(items), talks }
}

function variablesIn(items: CompiledItem[]): string[] {
  const texts = items.flatMap(({ prompt, condition, choices, examples }) => [
    prompt,
    condition ?? '',
    ...choices,
    ...examples,
  ])
  const names = texts.flatMap((text) => [...text.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map((match) => match[1] ?? ''))
  return [...new Set(names)].sort()
}

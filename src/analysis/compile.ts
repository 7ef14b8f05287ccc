import { createHash } from 'node:crypto'
import type { AnalysisConfig } from '../agents/index.ts'
import type { ConversationKind } from '../db/index.ts'
import { type CompiledItem, compileItems } from './compile-items.ts'
import { instructionsFor } from './instructions.ts'
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
}

/** Compiles a config for one kind of conversation. Pure: the same config gives the same bytes, in every process. */
export function compileConfig(config: AnalysisConfig, kind: ConversationKind): CompiledConfig {
  const items = compileItems(config, kind)
  const schema = wireSchema(items)
  const instructions = instructionsFor(items)
  const schemaHash = createHash('sha256').update(JSON.stringify(schema)).update(instructions).digest('hex')
  return { items, schema, instructions, schemaHash, variables: variablesIn(instructions) }
}

function variablesIn(instructions: string): string[] {
  const fields = instructions.slice(instructions.indexOf('\nFields:\n'))
  const names = [...fields.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map((match) => match[1] ?? '')
  return [...new Set(names)].sort()
}

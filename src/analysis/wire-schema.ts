import type { CompiledItem } from './compile-items.ts'
import { valueForm } from './value-form.ts'

export type JsonSchema = Record<string, unknown>

/** What a model may say of an item; the other statuses are our findings about its answer. */
export const answerStatuses = ['found', 'not_mentioned', 'ambiguous', 'declined'] as const

const evidence = {
  type: 'array',
  items: closedObject({ turn: { type: 'integer' }, quote: { type: 'string' } }),
}
const status = { type: 'string', enum: answerStatuses }

/**
 * The JSON Schema that the answer must follow, in the subset every provider takes: all required, null instead of optional,
 * no limits or patterns. Evidence stands before the verdict: a model that must quote first answers better. Pure.
 */
export function wireSchema(items: CompiledItem[]): JsonSchema {
  return closedObject(
    Object.fromEntries(
      items.map((item) => [
        item.key,
        { description: describe(item), ...closedObject({ evidence, status, value: valueSchema(item) }) },
      ]),
    ),
  )
}

function describe(item: CompiledItem): string {
  const { name, prompt, examples, condition } = item
  const lines = [`${name}: ${prompt}`]
  const form = valueForm(item)
  if (form !== null) lines.push(`Form: ${form}`)
  if (examples.length > 0) lines.push(`Examples: ${examples.join(' | ')}`)
  if (condition !== null) lines.push(`Only if: ${condition}`)
  return lines.join('\n')
}

function valueSchema({ type, choices }: CompiledItem): JsonSchema {
  if (type === 'enum') return { anyOf: [oneOf(choices), { type: 'null' }] }
  if (type === 'list') {
    const items = choices.length > 0 ? oneOf(choices) : { type: 'string' }
    return { anyOf: [{ type: 'array', items }, { type: 'null' }] }
  }
  return { type: [type === 'date' || type === 'datetime' ? 'string' : type, 'null'] }
}

function oneOf(choices: string[]): JsonSchema {
  return { type: 'string', enum: choices }
}

function closedObject(properties: JsonSchema): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

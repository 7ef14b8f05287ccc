import { z } from 'zod'
import type { ConversationKind } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { checkItems } from './check-items.ts'
import { type AnalysisConfig, type Item, itemSchema } from './items.ts'
import { defaultModel, presetsOf, withPresets } from './presets.ts'
import { analysisFields, legacyPrompts } from './retell-fields.ts'

function fieldsOf(kind: ConversationKind) {
  // A limit is known of voice agents alone (reference/retell.md 1.1); of the others a prompt is as long as an item's.
  const prompt = z
    .string()
    .max(kind === 'call' ? 2_000 : 10_000)
    .nullish()
  return z.object({
    items: z.array(itemSchema).nullish(),
    model: z.string().min(1).max(200).nullish(),
    prompts: z.tuple([prompt, prompt, prompt]),
  })
}
type Fields = z.infer<ReturnType<typeof fieldsOf>>

const fieldsSchemas = { call: fieldsOf('call'), chat: fieldsOf('chat') }

/**
 * The analysis config out of an agent object of the source product, current form or legacy prompts. A field that is absent
 * stays as in `base`, null sets the default back. Where the object has both forms of a prompt, the current one counts. Pure. Throws `agent.config_invalid` (400) naming every field and item.
 */
export function configFromRetell(
  agent: { id: string; kind: ConversationKind },
  body: Record<string, unknown>,
  base: AnalysisConfig,
): AnalysisConfig {
  const { id, kind } = agent
  return readConfig({ what: `the analysis config of ${id}`, kind }, body, base, analysisFields[kind])
}

/** What items and model are called in an object. */
type Names = { items: string; model: string }

/** The same out of an object that has other names for items and model. `what` it is, is named where it cannot be used. */
export function readConfig(
  { what, kind }: { what: string; kind: ConversationKind },
  body: Record<string, unknown>,
  base: AnalysisConfig,
  names: Names,
): AnalysisConfig {
  const parsed = fieldsSchemas[kind].safeParse({
    items: body[names.items],
    model: body[names.model],
    prompts: legacyPrompts.map((name) => body[name]),
  })
  if (!parsed.success)
    throw configInvalid(
      what,
      parsed.error.issues.map((issue) => explain(names, body, issue)),
    )
  const { items = base.items, model = base.model, prompts } = parsed.data
  const problems = [...checkItems(items ?? []), ...checkPresets(kind, items ?? [])]
  if (problems.length > 0)
    throw configInvalid(
      what,
      problems.map(({ path, message }) => `${names.items}${path}: ${message}`),
    )
  const worded = new Set((parsed.data.items ?? []).flatMap((item) => (item.description ? [item.name] : [])))
  const withPrompts = withLegacyPrompts(kind, withPresets(kind, items ?? []), prompts, worded)
  return { items: withPrompts, model: model ?? defaultModel }
}

/** `worded` names the items that the same object gives a prompt in the current form. */
function withLegacyPrompts(
  kind: ConversationKind,
  items: Item[],
  prompts: Fields['prompts'],
  worded: ReadonlySet<string>,
): Item[] {
  return items.map((item) => {
    if (item.type !== 'system-presets' || worded.has(item.name)) return item
    const prompt = prompts[presetsOf[kind].indexOf(item.name)]
    if (prompt === undefined) return item
    const { description: _, ...rest } = item
    return prompt === null || prompt === '' ? rest : { ...rest, description: prompt }
  })
}

function checkPresets(kind: ConversationKind, items: Item[]) {
  return items.flatMap((item, index) => {
    if (item.type !== 'system-presets' || presetsOf[kind].includes(item.name)) return []
    return [{ path: `[${index}].name`, message: `${item.name} is no preset of a ${kind} agent` }]
  })
}

function explain({ items, model }: Names, body: Record<string, unknown>, issue: z.core.$ZodIssue): string {
  const [field, index, ...rest] = issue.path
  if (field === 'model') return `${model}: ${issue.message}`
  if (field === 'prompts') return `${legacyPrompts[Number(index)]}: ${issue.message}`
  if (index === undefined) return `${items}: ${issue.message}`
  const path = rest.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return `${items}[${String(index)}]${path}: ${issue.message}${nameOf(body[items], Number(index))}`
}

function nameOf(items: unknown, index: number): string {
  const named = z.object({ name: z.string().min(1) }).safeParse(Array.isArray(items) ? items[index] : undefined)
  return named.success ? ` (item ${named.data.name})` : ''
}

export function configInvalid(what: string, problems: string[]): AppError {
  return new AppError('agent.config_invalid', 'skip', `${what} cannot be used: ${problems.join('; ')}`, {
    status: 400,
    facts: { problems },
  })
}

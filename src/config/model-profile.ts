import { z } from 'zod'

/** The providers whose ways are known; `generic` is any other that speaks Chat Completions. */
export const profileNames = [
  'openai',
  'azure',
  'openrouter',
  'groq',
  'deepseek',
  'ollama',
  'vllm',
  'lmstudio',
  'llamacpp',
  'generic',
] as const

export type ProfileName = (typeof profileNames)[number]

/** How a provider is told the JSON Schema of the answer: two of its own ways, or only in words, in the prompt. */
export const schemaFormats = ['json_schema', 'json_object', 'prompt'] as const

export type SchemaFormat = (typeof schemaFormats)[number]

const yesNo = z.enum(['yes', 'no'], 'must be yes or no').transform((word) => word === 'yes')
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}`)

const keys = z.strictObject({
  endpoint: oneOf(['chat', 'responses']).optional(),
  format: oneOf(schemaFormats).optional(),
  strict: yesNo.optional(),
  shows_schema: yesNo.optional(),
  max_tokens: oneOf(['max_completion_tokens', 'max_tokens']).optional(),
  role: oneOf(['developer', 'system']).optional(),
  effort: yesNo.optional(),
  cache: yesNo.optional(),
  store: yesNo.optional(),
  flex: yesNo.optional(),
})

/** Which profile a provider has, and what is different about it; null: the one that goes with its address. */
export type ProfileSetting = { name: ProfileName | null; keys: z.output<typeof keys> }

/** The profile as a setting has it: a name, single keys, or both, separated by commas. `groq`, or `vllm,format=prompt`. */
export const modelProfile = z.string().transform((text, context): ProfileSetting => {
  const parts = text.split(',').map((part) => part.trim())
  const named = parts.filter((part) => !part.includes('='))
  const name = profileNames.find((known) => known === named[0]) ?? null
  if (named.length > 1 || (named.length === 1 && name === null))
    context.addIssue(`must begin with one of ${profileNames.join(', ')}, or name single keys only`)
  const pairs = parts.filter((part) => part.includes('=')).map((part) => part.split('=').map((word) => word.trim()))
  if (pairs.some((pair) => pair.length > 2))
    context.addIssue('must be pairs of the form key=value, separated by commas')
  const given = keys.safeParse(Object.fromEntries(pairs))
  for (const { code, path, message } of given.error?.issues ?? [])
    context.addIssue(code === 'unrecognized_keys' ? `knows only ${knownKeys}` : `${path.join('.')}: ${message}`)
  return { name, keys: given.data ?? {} }
})

const knownKeys = Object.keys(keys.shape).join(', ')

import { z } from 'zod'
import { modelProfile, type ProfileSetting } from './model-profile.ts'

/** An endpoint for models beside the first, under the name that AFTERWORD_MODELS calls it by: `claude-4.6-sonnet=anthropic/claude-sonnet-4.6@router`. */
export type ModelProvider = { name: string; url: string; apiKey: string | null; profile: ProfileSetting | null }

/** Named → answering, as `named=answering` pairs; `*` answers for all others. */
export const modelTable = z.string().transform((text, context) => {
  const table: Record<string, string> = {}
  for (const pair of text.split(',').map((part) => part.trim())) {
    const [named, answering, ...rest] = pair.split('=').map((part) => part.trim())
    if (named && answering && rest.length === 0) table[named] = answering
    else context.addIssue('must be pairs of the form named=answering, separated by commas')
  }
  return table
})

const word = z.stringFormat('provider name', /^[a-z][a-z0-9_]*$/)
export const providerNames = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(word))
  .refine((names) => new Set(names).size === names.length, 'the same name twice')

const settings = z.object({
  URL: z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, '')),
  API_KEY: z.string().optional(),
  PROFILE: modelProfile.optional(),
})

/**
 * The providers that AFTERWORD_PROVIDERS names, each out of AFTERWORD_PROVIDER_<NAME>_…; what is wrong is added to `wrong`, a line for
 * each key, and so is a model that is said to be at a provider nobody named: a misspelled one must not be asked for at another.
 */
export function readProviders(env: Record<string, string | undefined>, wrong: string[]): ModelProvider[] {
  const names = providerNames.safeParse(env.AFTERWORD_PROVIDERS ?? '').data ?? []
  for (const [named, answering] of Object.entries(modelTable.safeParse(env.AFTERWORD_MODELS ?? '').data ?? {})) {
    const [, provider] = /.@([a-z][a-z0-9_]*)$/.exec(answering) ?? []
    if (names.length > 0 && provider !== undefined && !names.includes(provider))
      wrong.push(
        `  AFTERWORD_MODELS: ${named}: no provider is called ${provider}; AFTERWORD_PROVIDERS names ${names.join(', ')}`,
      )
  }
  return names.flatMap((name) => {
    const prefix = `AFTERWORD_PROVIDER_${name.toUpperCase()}_`
    const own = Object.entries(env).filter(([key]) => key.startsWith(prefix))
    const given = Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]))
    const parsed = settings.safeParse(given, { reportInput: true })
    for (const { path, message, input } of parsed.error?.issues ?? [])
      wrong.push(`  ${prefix}${String(path[0])}: ${input === undefined ? 'is missing' : message}`)
    if (!parsed.success) return []
    const { URL: url, API_KEY: apiKey = null, PROFILE: profile = null } = parsed.data
    return [{ name, url, apiKey, profile }]
  })
}

import type { ProfileName, ProfileSetting, SchemaFormat } from '../config.ts'
import { AppError } from '../errors.ts'
import { profileByAddress } from './profiles/by-address.ts'
import { profiles } from './profiles/table.ts'

/** How a provider wants to be asked. */
export type ProviderWays = {
  /** Chat Completions, which everybody speaks, or Responses, which is OpenAI's. */
  endpoint: 'chat' | 'responses'
  /** How the schema is told at first; one that is refused gives way to the next. */
  format: SchemaFormat
  /** Whether answers are bound to the schema, where it is told as `json_schema`. */
  strict: boolean
  /**
   * Whether the model reads the schema that is told as `json_schema`. Others may only bind the answer to it: "the model has no
   * visibility into the schema" (llama.cpp, grammars/README.md).
   */
  showsSchema: boolean
  /** Of Chat Completions; Responses has one name for it. */
  maxTokensParameter: 'max_completion_tokens' | 'max_tokens'
  instructionsRole: 'developer' | 'system'
  /** Whether it has a flex tier: half the price, slower, at times refused. Not all of its models have to. */
  hasFlex: boolean
  sends: {
    /** `reasoning_effort` and `verbosity`. */
    effort: boolean
    /** `prompt_cache_key`, `prompt_cache_options` and breakpoints. */
    cache: boolean
    /** `store: false`: the provider keeps nothing. */
    store: boolean
  }
}

/** One endpoint for language models, and how it is asked. */
export type ModelProfile = ProviderWays & {
  name: ProfileName
  /** What models there end with in our table (`…@router`); null: the first provider, whose models have no such end. */
  provider: string | null
  baseUrl: string
  apiKey: string
  /** Configured name → the provider's name; `*` stands for all others. */
  models: Record<string, string>
  /** True: the stand-in answers, and its results are labelled so. */
  isSandbox: boolean
}

export type ProfileSettings = {
  url: string
  apiKey: string | null
  models: Record<string, string>
  /** Null: the profile that goes with the address. */
  profile?: ProfileSetting | null
  provider?: string | null
  isSandbox: boolean
}

/**
 * The profile of an endpoint: the one a setting names, else the one its address certainly belongs to, else the portable subset;
 * single keys of a setting go above it. The sandbox is strict as OpenAI is, and asked like it. Pure.
 */
export function profileOf(settings: ProfileSettings): ModelProfile {
  const { url, apiKey, models, profile, provider = null, isSandbox } = settings
  const name = profile?.name ?? (isSandbox ? 'openai' : profileByAddress(url))
  const ways = profiles[name]
  const { endpoint, format, strict, shows_schema, max_tokens, role, effort, cache, store, flex } = profile?.keys ?? {}
  return {
    name,
    provider,
    baseUrl: url,
    // The SDK throws without one, although Ollama and vLLM ask for none.
    apiKey: apiKey ?? 'none',
    models,
    endpoint: endpoint ?? ways.endpoint,
    format: format ?? ways.format,
    strict: strict ?? ways.strict,
    showsSchema: shows_schema ?? ways.showsSchema,
    maxTokensParameter: max_tokens ?? ways.maxTokensParameter,
    instructionsRole: role ?? ways.instructionsRole,
    hasFlex: flex ?? ways.hasFlex,
    sends: {
      effort: effort ?? ways.sends.effort,
      cache: cache ?? ways.sends.cache,
      store: store ?? ways.sends.store,
    },
    isSandbox,
  }
}

/** The provider's name for the model that a config names. Throws `model.unmapped` (stop). */
export function providerModel(profile: Pick<ModelProfile, 'models'>, configured: string): string {
  const models = new Map(Object.entries(profile.models))
  const model = models.get(configured) ?? models.get('*')
  if (model !== undefined) return model
  throw new AppError(
    'model.unmapped',
    'stop',
    `no model answers for "${configured}": add it, or *, to the table of models (AFTERWORD_MODELS)`,
    { status: 422 },
  )
}

import { AppError } from '../errors.ts'

/** One endpoint for language models, and which parameters it accepts beside the portable ones. */
export type ModelProfile = {
  baseUrl: string
  apiKey: string
  /** Configured name → the provider's name; `*` stands for all others. */
  models: Record<string, string>
  sends: {
    /** `reasoning_effort` and `verbosity`. */
    effort: boolean
    /** `prompt_cache_key`, `prompt_cache_options` and breakpoints. */
    cache: boolean
    /** `store: false`: the provider keeps nothing. */
    store: boolean
  }
  maxTokensParameter: 'max_completion_tokens' | 'max_tokens'
  instructionsRole: 'developer' | 'system'
  /** True: the stand-in answers, and its results are labelled so. */
  isSandbox: boolean
}

export type ProfileSettings = { url: string; apiKey: string | null; models: Record<string, string>; isSandbox: boolean }

/**
 * The profile of an endpoint, by its address: OpenAI (and the sandbox, which is strict in the same way) is sent everything
 * it understands, any other host that speaks Chat Completions only the portable subset.
 */
export function profileOf(settings: ProfileSettings): ModelProfile {
  const { url, apiKey, models, isSandbox } = settings
  const isOpenAi = isSandbox || new URL(url).hostname.endsWith('api.openai.com')
  return {
    baseUrl: url,
    // The SDK throws without one, although Ollama and vLLM ask for none.
    apiKey: apiKey ?? 'none',
    models,
    sends: { effort: isOpenAi, cache: isOpenAi, store: isOpenAi },
    maxTokensParameter: isOpenAi ? 'max_completion_tokens' : 'max_tokens',
    instructionsRole: isOpenAi ? 'developer' : 'system',
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
  )
}

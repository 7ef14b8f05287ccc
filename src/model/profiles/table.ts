import type { ProfileName } from '../../config.ts'
import type { ProviderWays } from '../profile.ts'

/** What every server that speaks Chat Completions is taken to understand. */
const portable: ProviderWays = {
  endpoint: 'chat',
  format: 'json_schema',
  strict: true,
  showsSchema: false,
  maxTokensParameter: 'max_tokens',
  instructionsRole: 'system',
  hasFlex: false,
  sends: { effort: false, cache: false, store: false },
}

/**
 * How each provider is asked. A row says only what somebody has documented or reported of it, and takes the rest from the portable
 * one: a setting changes a key, and `afterword doctor` tries what the row says. Typed code rather than JSON, so that a row that
 * misses a key or spells it wrong does not compile. @see reference/llm.md 1.4
 */
export const profiles: Record<ProfileName, ProviderWays> = {
  openai: {
    ...portable,
    // Schema and tools are rendered before the developer's text (reference/llm.md 1.6).
    showsSchema: true,
    maxTokensParameter: 'max_completion_tokens',
    instructionsRole: 'developer',
    // Of its newer models (reference/llm.md 1.7).
    hasFlex: true,
    sends: { effort: true, cache: true, store: true },
  },
  // Its newer models refuse max_tokens by a 400 (OpenHands/software-agent-sdk#1083); the other has been taken since 2024 (litellm#6376).
  // A model of it without flex answers 400 and falls back to nothing (reference/llm.md 1.4).
  azure: { ...portable, showsSchema: true, maxTokensParameter: 'max_completion_tokens', hasFlex: true },
  // Takes out of a request what the provider behind it lacks, and so may drop the schema: the doctor tells.
  openrouter: portable,
  // Strict on some models only, and a 400 on the others.
  groq: { ...portable, strict: false },
  // "This response_format type is unavailable now" for json_schema (litellm#42245).
  deepseek: { ...portable, format: 'json_object' },
  // Answers 200 and drops the schema without a word (ollama#8063, ollama#17183): it is told in the prompt, where nothing drops it.
  ollama: { ...portable, format: 'prompt' },
  // Has taken json_schema since guided_json is gone (0.12).
  vllm: portable,
  // Refuses json_object, and takes json_schema (ComfyUI-Lora-Manager#1033).
  lmstudio: portable,
  // Has answered 400 "Either json_schema or grammar" (llama.cpp#11847): then it is asked in another format.
  llamacpp: portable,
  generic: portable,
}

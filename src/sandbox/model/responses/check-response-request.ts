import { asList, asObject, type JsonObject } from '../../json.ts'
import { refusedSchema } from '../check-format.ts'
import { isGiven, refusedModel, unknownIn } from '../check-request.ts'
import { invalid, notSupported, type Refusal } from '../refusal.ts'

// ResponseCreateParamsBase of openai-node 7.57.0
const PARAMETERS = new Set(
  `access_programs background context_management conversation image include input instructions max_output_tokens
  max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key
  prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options
  temperature text tool_choice tools top_logprobs top_p truncation user`.split(/\s+/),
)
const ROLES = ['user', 'assistant', 'system', 'developer']
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const VERBOSITIES = ['low', 'medium', 'high']
const FORMATS = ['text', 'json_object', 'json_schema']

/** Why the API would turn down the body of a Responses request; `prompt` is the text of all messages. */
export function refusedResponseRequest(
  body: JsonObject,
  models: ReadonlySet<string>,
  prompt: string,
): Refusal | undefined {
  return (
    refusedParameter(body) ??
    refusedModel(body.model, models) ??
    refusedInput(body.input) ??
    refusedText(asObject(body.text), prompt)
  )
}

function refusedParameter(body: JsonObject): Refusal | undefined {
  const unknown =
    Object.keys(body).find((name) => !PARAMETERS.has(name)) ??
    unknownIn(body, 'prompt_cache_options', ['mode', 'ttl']) ??
    unknownIn(body, 'text', ['format', 'verbosity'])
  if (unknown !== undefined) return invalid(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  const { effort } = asObject(body.reasoning)
  if (isGiven(effort) && !EFFORTS.includes(String(effort))) return notSupported('reasoning.effort', effort, EFFORTS)
  // The stand-in's own limits, not the API's.
  const beyond = ['stream', 'background', 'conversation', 'previous_response_id', 'tools'].find(
    (name) => isGiven(body[name]) && body[name] !== false,
  )
  return beyond === undefined
    ? undefined
    : invalid(`The sandbox model has no '${beyond}'.`, beyond, 'unsupported_value')
}

function refusedInput(input: unknown): Refusal | undefined {
  if (input === undefined) return invalid("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  if (typeof input === 'string') return undefined
  if (asList(input).length === 0) {
    return invalid("Invalid type for 'input': expected a string or an array of items.", 'input', 'invalid_type')
  }
  for (const [position, item] of asList(input).entries()) {
    const { role, content } = asObject(item)
    const param = `input[${position}]`
    if (typeof role !== 'string' || !ROLES.includes(role)) return notSupported(`${param}.role`, role, ROLES)
    if (typeof content !== 'string' && !isInputText(content)) {
      const message = `Invalid value for '${param}.content': expected a string or parts of type 'input_text'.`
      return invalid(message, `${param}.content`, 'invalid_type')
    }
  }
  return undefined
}

function isInputText(content: unknown): boolean {
  const parts = asList(content).map(asObject)
  return parts.length > 0 && parts.every(({ type, text }) => type === 'input_text' && typeof text === 'string')
}

function refusedText({ format, verbosity }: JsonObject, prompt: string): Refusal | undefined {
  if (isGiven(verbosity) && !VERBOSITIES.includes(String(verbosity)))
    return notSupported('text.verbosity', verbosity, VERBOSITIES)
  if (!isGiven(format)) return undefined
  const { type } = asObject(format)
  if (typeof type !== 'string' || !FORMATS.includes(type)) return notSupported('text.format.type', type, FORMATS)
  if (type === 'json_object' && !/json/i.test(prompt)) {
    const message = "'input' must contain the word 'json' in some form, to use 'text.format' of type 'json_object'."
    return invalid(message, 'input')
  }
  return type === 'json_schema' ? refusedSchema(asObject(format), 'text.format', ['type']) : undefined
}

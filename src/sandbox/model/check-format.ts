import { asObject, type JsonObject } from '../json.ts'
import { invalid, notSupported, type Refusal } from './refusal.ts'
import { strictSchemaProblem } from './strict-schema.ts'

const TYPES = ['json_object', 'json_schema', 'text']
const MAX_NAME_CHARS = 64

/** Why the API would turn down a `response_format`; `prompt` is the text of all messages. */
export function refusedFormat(format: unknown, prompt: string): Refusal | undefined {
  if (format === undefined || format === null) return undefined
  const { type, json_schema: wrapper } = asObject(format)
  if (typeof type !== 'string' || !TYPES.includes(type)) return notSupported('response_format.type', type, TYPES)
  if (type === 'json_object' && !/json/i.test(prompt)) {
    const message =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
    return invalid(message, 'messages')
  }
  return type === 'json_schema' ? refusedSchema(asObject(wrapper), 'response_format.json_schema') : undefined
}

/** Why the API would turn down a named schema; `param` is where it stands in the body, `more` what else may stand there. */
export function refusedSchema(wrapper: JsonObject, param: string, more: readonly string[] = []): Refusal | undefined {
  const known = ['name', 'description', 'schema', 'strict', ...more]
  const unknown = Object.keys(wrapper).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    return invalid(`Unknown parameter: '${param}.${unknown}'.`, `${param}.${unknown}`, 'unknown_parameter')
  }
  const { name, schema, strict } = wrapper
  if (typeof name !== 'string') {
    return invalid(`Missing required parameter: '${param}.name'.`, `${param}.name`, 'missing_required_parameter')
  }
  if (name.length > MAX_NAME_CHARS) {
    const message = `Invalid '${param}.name': string too long. Expected a string with maximum length ${MAX_NAME_CHARS}, but got a string with length ${name.length} instead.`
    return invalid(message, `${param}.name`, 'string_above_max_length')
  }
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
    const message = `Invalid '${param}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`
    return invalid(message, `${param}.name`, 'invalid_value')
  }
  const problem = strict === true ? strictSchemaProblem(schema) : undefined
  return problem === undefined
    ? undefined
    : invalid(`Invalid schema for response_format '${name}': ${problem}`, 'response_format')
}

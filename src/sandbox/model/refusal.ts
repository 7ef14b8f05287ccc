import type { HttpReply } from '../http.ts'

/** A request the API turns down, in the fields of its error body. */
export type Refusal = {
  status: number
  message: string
  type: string
  param: string | null
  code: string | null
}

/** A 400 of the request's own making. */
export function invalid(message: string, param: string | null = null, code: string | null = null): Refusal {
  return { status: 400, message, type: 'invalid_request_error', param, code }
}

/** A 400 for a value that is none of those supported. */
export function notSupported(param: string, value: unknown, supported: readonly string[]): Refusal {
  const listed = supported.map((known) => `'${known}'`).join(', ')
  return invalid(`Invalid value: '${String(value)}'. Supported values are: ${listed}.`, param, 'invalid_value')
}

export function unknownModel(model: string): Refusal {
  const message = `The model \`${model}\` does not exist or you do not have access to it.`
  return { ...invalid(message, null, 'model_not_found'), status: 404 }
}

/** The 401 for a request without the key, or with another. */
export function unauthorized(authorization: string | undefined): Refusal {
  const message =
    authorization === undefined
      ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
      : 'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.'
  const code = authorization === undefined ? null : 'invalid_api_key'
  return { ...invalid(message, null, code), status: 401 }
}

export function refusalReply(refusal: Refusal, headers: Record<string, string> = {}): HttpReply {
  const { status, message, type, param, code } = refusal
  return { status, headers, body: { error: { message, type, param, code } } }
}

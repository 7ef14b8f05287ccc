import type { CompletionRequest } from './completion.ts'
import type { ModelProfile } from './profile.ts'
import { wireRequest } from './wire.ts'

type Static = Pick<CompletionRequest, 'model' | 'instructions' | 'maxOutputTokens'> & {
  profile: ModelProfile
  bytes: number
}

/** By schema, of which a config has one object for all its conversations. */
const lastStatic = new WeakMap<object, Static>()

/** How many bytes the body of a request has. What is the same for every conversation of a config is counted once. */
export function requestBytes(profile: ModelProfile, request: CompletionRequest): number {
  // Without the quotes of the empty text that stands in its place.
  if (request.repair === undefined) return staticBytes(profile, request) + bytesOf(request.input) - bytesOf('')
  return bytesOf(wireRequest(profile, request))
}

function staticBytes(profile: ModelProfile, request: CompletionRequest): number {
  const { model, instructions, maxOutputTokens, schema } = request
  const last = lastStatic.get(schema.body)
  const isSame =
    last?.profile === profile &&
    last.model === model &&
    last.instructions === instructions &&
    last.maxOutputTokens === maxOutputTokens
  if (isSame) return last.bytes
  const bytes = bytesOf(wireRequest(profile, { ...request, input: '' }))
  lastStatic.set(schema.body, { profile, model, instructions, maxOutputTokens, bytes })
  return bytes
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

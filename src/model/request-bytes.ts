import type { SchemaFormat } from '../config.ts'
import type { Model } from './client.ts'
import type { CompletionRequest } from './completion.ts'
import { endpoints } from './endpoints.ts'
import type { ModelProfile } from './profile.ts'

type Writer = Pick<Model, 'profile' | 'prices'>

type Static = Pick<CompletionRequest, 'model' | 'instructions' | 'maxOutputTokens'> & {
  profile: ModelProfile
  format: SchemaFormat
  bytes: number
}

/** By schema, of which a config has one object for all its conversations. */
const lastStatic = new WeakMap<object, Static>()

/** How many bytes the body of a request has. What is the same for every conversation of a config is counted once. */
export function requestBytes(writer: Writer, request: CompletionRequest, format: SchemaFormat): number {
  // Without the quotes of the empty text that stands in its place.
  if (request.repair === undefined) return staticBytes(writer, request, format) + bytesOf(request.input) - bytesOf('')
  return bytesOf(bodyOf(writer, request, format))
}

function staticBytes(writer: Writer, request: CompletionRequest, format: SchemaFormat): number {
  const { profile } = writer
  const { model, instructions, maxOutputTokens, schema } = request
  const last = lastStatic.get(schema.body)
  const isSame =
    last?.profile === profile &&
    last.format === format &&
    last.model === model &&
    last.instructions === instructions &&
    last.maxOutputTokens === maxOutputTokens
  if (isSame) return last.bytes
  const bytes = bytesOf(bodyOf(writer, { ...request, input: '' }, format))
  lastStatic.set(schema.body, { profile, format, model, instructions, maxOutputTokens, bytes })
  return bytes
}

function bodyOf(writer: Writer, request: CompletionRequest, format: SchemaFormat): object {
  return endpoints[writer.profile.endpoint].write(writer, request, format)
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

import type { SchemaFormat } from '../config.ts'
import type { Model } from './client.ts'
import type { Completion, CompletionRequest, Tier } from './completion.ts'
import { readResponse } from './outcome.ts'
import { readResponsesAnswer } from './outcome-responses.ts'
import type { ModelProfile } from './profile.ts'
import { wireRequest } from './wire.ts'
import { wireResponsesRequest } from './wire-responses.ts'

/** One way to put a request to a provider: where to, the body, and what came of it. */
export type Endpoint = {
  path: string
  write(model: Pick<Model, 'profile' | 'prices'>, request: CompletionRequest, format: SchemaFormat, tier?: Tier): object
  read(body: unknown, requestId: string | null, askedModel: string): Completion
}

export const endpoints: Record<ModelProfile['endpoint'], Endpoint> = {
  chat: { path: '/chat/completions', write: wireRequest, read: readResponse },
  responses: { path: '/responses', write: wireResponsesRequest, read: readResponsesAnswer },
}

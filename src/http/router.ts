import { type Hook, OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../errors.ts'
import type { HttpEnv } from './context.ts'

/** A group of routes. A request that does not fit its route's schema is answered with 400, naming every field. */
export function createRouter(): OpenAPIHono<HttpEnv> {
  return new OpenAPIHono<HttpEnv>({ defaultHook: refuseInvalid })
}

const refuseInvalid: Hook<unknown, HttpEnv, string, unknown> = (result) => {
  if (result.success) return
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || result.target}: ${message}`)
  throw new AppError('request.invalid', 'skip', problems.join('; '), { status: 400, facts: { problems } })
}

const errorSchema = z
  .object({ error: z.object({ code: z.string(), message: z.string(), request_id: z.string() }) })
  .openapi('Error')

const retellErrorSchema = z.object({ status: z.literal('error'), message: z.string() }).openapi('RetellError')

/** A response with a JSON body, for a route's contract. */
export function answers<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } }
}

/** A JSON body that must be there. */
export function takes<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** What every route of ours may answer beside its own. */
export const refusals = {
  400: answers('the request does not fit; the message names the field', errorSchema),
  401: answers('no API key, or none in force', errorSchema),
  404: answers('there is no such thing', errorSchema),
  409: answers('the thing is in a state that does not allow this', errorSchema),
}

/** What a route that asks the model may answer beside. */
export const spendingRefusal = {
  429: answers('a spending limit leaves too little; retry-after says when it begins anew', errorSchema),
}

/** The same as the source product spells it. */
export const retellSpendingRefusal = {
  429: answers('a spending limit leaves too little; retry-after says when it begins anew', retellErrorSchema),
}

/** What a route that changes something may answer beside. */
export const retellConflict = {
  409: answers('the thing is in a state that does not allow this', retellErrorSchema),
}

/** What every route of the source product may answer beside its own. */
export const retellRefusals = {
  400: answers('the request does not fit; the message names the field', retellErrorSchema),
  401: answers('no API key, or none in force', retellErrorSchema),
  404: answers('there is no such thing', retellErrorSchema),
  422: answers('the thing is there, but this cannot be done with it', retellErrorSchema),
}

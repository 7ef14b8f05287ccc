import { z } from 'zod'
import type { Wire } from '../contract.ts'
import { parseJson } from '../parse-json.ts'
import type { Problem } from '../rows.ts'

/**
 * What HubSpot answers, as far as we read it. Records are read strictly, because a record we cannot read must never pass for
 * a missing one; of errors every field is optional, as their documentation asks ("treated as optional in any error parsing").
 */
const text = z.string().optional().catch(undefined)

/** Null and '' are both empty there. */
const value = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((given): Wire => (given === undefined || given === null || given === '' ? null : String(given)))

const historyEntry = z.object({
  value,
  timestamp: z.coerce.date(),
  sourceType: z.string().catch('UNKNOWN'),
  sourceId: z.string().nullish().catch(null),
})

const record = z.object({
  id: z.string().min(1),
  objectWriteTraceId: text,
  /** Of an upsert: whether there was none. */
  new: z.boolean().optional().catch(undefined),
  properties: z.record(z.string(), value),
  propertiesWithHistory: z.record(z.string(), z.array(historyEntry)).nullish(),
  updatedAt: z.coerce.date().nullable().catch(null),
})

const context = z.record(z.string(), z.union([z.string(), z.array(z.string())])).catch({})
const detail = z.object({ code: text, message: text, context })

/** An error body, or one of the `errors` of a 207. */
export const refusalSchema = z
  .object({
    category: text,
    message: text,
    policyName: text,
    correlationId: text,
    context,
    errors: z.array(detail).catch([]),
  })
  .catch({ context: {}, errors: [] })
  .transform((body) => ({
    category: body.category,
    message: body.message,
    policyName: body.policyName,
    correlationId: body.correlationId,
    ids: [...listed(body.context.ids), ...listed(body.context.objectWriteTraceId)],
    problems: problemsOf(body.errors, body.message),
    scopes: scopesOf(body.errors),
  }))

export const batchSchema = z.object({ results: z.array(record), errors: z.array(refusalSchema).nullish() })

export const pageSchema = z.object({
  results: z.array(record),
  paging: z.object({ next: z.object({ after: z.string() }).nullish() }).nullish(),
})

export const propertySchema = z.object({
  name: z.string(),
  label: z.string().catch(''),
  type: z.string(),
  fieldType: z.string().catch(''),
  calculated: z.boolean().catch(false),
  externalOptions: z.boolean().catch(false),
  hasUniqueValue: z.boolean().catch(false),
  options: z.array(z.object({ value: z.string() })).catch([]),
  modificationMetadata: z.object({ readOnlyValue: z.boolean().catch(false) }).catch({ readOnlyValue: false }),
})

export const propertiesSchema = z.object({ results: z.array(propertySchema) })
export const accountSchema = z.object({ portalId: z.number(), timeZone: z.string() })
export const tokenSchema = z.object({ appId: z.number(), scopes: z.array(z.string()).nullable().catch(null) })
const usage = z.object({ usageLimit: z.number(), currentUsage: z.number(), resetsAt: text })
export const usageSchema = z.object({ results: z.array(usage) })

export type WireRecord = z.output<typeof record>
export type WireHistoryEntry = z.output<typeof historyEntry>
export type WireProperty = z.output<typeof propertySchema>
export type WireRefusal = z.output<typeof refusalSchema>
export type WireBatch = z.output<typeof batchSchema>

/** What a 403 says is needed (`category: MISSING_SCOPES`); of older calls under the second name (hubspot-api-nodejs #268). */
function scopesOf(details: z.output<typeof detail>[]): string[] {
  return details.flatMap(({ context }) => [
    ...listed(context.requiredGranularScopes),
    ...listed(context.requiredScopes),
  ])
}

/** Faults of a field and not of its value: no row can be written with it. */
const SCHEMA_FAULTS = ['PROPERTY_DOESNT_EXIST', 'READ_ONLY_VALUE', 'CALCULATED_VALUE', 'PROPERTY_IS_READ_ONLY']

function toProblem(field: string, code: string, reason: string): Problem {
  return { field, code, reason, ...(SCHEMA_FAULTS.includes(code) && { isSchema: true as const }) }
}

function problemsOf(details: z.output<typeof detail>[], message: string | undefined): Problem[] {
  const named = details.flatMap(({ code = 'INVALID', message: reason = code, context }) =>
    listed(context.propertyName).map((field) => toProblem(field, code, reason)),
  )
  return named.length > 0 ? named : problemsInMessage(message ?? '')
}

const messageProblems = z.array(z.object({ name: z.string(), error: z.string(), message: z.string().catch('') }))

/** Recorded bodies repeat the problems as JSON at the end of their message; some carry them only there. */
function problemsInMessage(message: string): Problem[] {
  const list = messageProblems.safeParse(parseJson(message.slice(Math.max(0, message.indexOf('[{')))))
  if (!list.success) return []
  return list.data.map(({ name, error, message }) => toProblem(name, error, message || error))
}

function listed(given: string | string[] | undefined): string[] {
  return given === undefined ? [] : [given].flat()
}

import { z } from 'zod'
import type { Wire } from '../contract.ts'

/**
 * What Salesforce answers, as far as we read it. Records are read strictly, because a record we cannot read must never pass
 * for a missing one; of errors every part is optional.
 */
const text = z.string().optional().catch(undefined)

/** Values come typed: text, numbers, booleans; anything else (addresses, parents) is none of ours. */
const value = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .catch(null)
  .transform((given): Wire => (given === undefined || given === null || given === '' ? null : String(given)))

/** A row of a query or a retrieve: fields, and the `attributes` beside them. */
const row = z.record(z.string(), z.unknown()).transform((fields) => {
  const { attributes: _type, ...rest } = fields
  return rest
})

export const recordSchema = row.transform(
  (fields): Record<string, Wire> =>
    Object.fromEntries(Object.entries(fields).map(([name, given]) => [name, value.parse(given)])),
)

export const retrievedSchema = z.array(recordSchema.nullable())

export const foundSchema = z.object({ searchRecords: z.array(recordSchema) })

export const pageSchema = z.object({
  done: z.boolean(),
  records: z.array(recordSchema),
  nextRecordsUrl: z.string().nullish(),
})

const refusal = z.object({ errorCode: text, message: text })
export const refusalsSchema = z.union([z.array(refusal), refusal.transform((one) => [one])])
export const oauthErrorSchema = z.object({ error: z.string(), error_description: text })

const rowError = z
  .object({ statusCode: text, errorCode: text, message: text, fields: z.array(z.string()).catch([]) })
  .transform(({ statusCode, errorCode, message = '', fields }) => ({
    code: statusCode ?? errorCode ?? '',
    message,
    fields,
  }))

/** Of an upsert also whether there was none (`created`). */
const created = z.boolean().optional().catch(undefined)
export const savedSchema = z.array(
  z.object({ id: text, success: z.boolean(), created, errors: z.array(rowError).catch([]) }),
)

const describedField = z.object({
  name: z.string(),
  label: z.string().catch(''),
  type: z.string(),
  length: z.number().catch(0),
  scale: z.number().catch(0),
  updateable: z.boolean().catch(false),
  createable: z.boolean().catch(false),
  calculated: z.boolean().catch(false),
  autoNumber: z.boolean().catch(false),
  nillable: z.boolean().catch(true),
  defaultedOnCreate: z.boolean().catch(false),
  unique: z.boolean().catch(false),
  externalId: z.boolean().catch(false),
  picklistValues: z.array(z.object({ active: z.boolean(), value: z.string() })).catch([]),
})

export const describeSchema = z.object({ fields: z.array(describedField), updateable: z.boolean().catch(true) })

export const limitsSchema = z.object({ DailyApiRequests: z.object({ Max: z.number(), Remaining: z.number() }) })

export const tokenSchema = z.object({ access_token: z.string(), instance_url: z.string(), id: z.string() })

export type DescribedField = z.output<typeof describedField>
export type WireRow = z.output<typeof recordSchema>
export type SavedRow = z.output<typeof savedSchema>[number]
export type RowError = z.output<typeof rowError>

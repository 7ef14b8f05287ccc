import { asList, asObject, asText, isObject } from '../json.ts'
import { badRequest, duplicateIds } from './refusals.ts'

const MOST_INPUTS = 100

/** One input of a batch write. */
export type Input = {
  id: string | undefined
  idProperty: string | undefined
  traceId: string | undefined
  properties: Record<string, string>
}

/** The inputs of a batch write, refused as a whole where one has a wrong shape: values are strings and nothing else. */
export function readInputs(body: unknown, needsId: boolean): Input[] {
  return readBatch(body, MOST_INPUTS).map((entry) => {
    const input = asObject(entry)
    const id = asText(input.id)
    if (needsId && !id) throw badRequest('Invalid input JSON: every input needs an `id` of type string')
    return {
      id,
      idProperty: asText(input.idProperty),
      traceId: asText(input.objectWriteTraceId),
      properties: readProperties(input.properties),
    }
  })
}

export function readBatch(body: unknown, most: number, kind = 'request'): readonly unknown[] {
  const { inputs } = asObject(body)
  if (!Array.isArray(inputs)) throw badRequest('Invalid input JSON: `inputs` is required')
  if (inputs.length > most) {
    const limit = `The maximum number of inputs supported in a batch ${kind} is ${most}.`
    throw badRequest(`${limit} Please reduce the number of items and try again`)
  }
  return asList(inputs)
}

/** A map of strings; numbers, booleans and null are refused as HubSpot refuses them (crm.md 1.5). */
export function readProperties(properties: unknown): Record<string, string> {
  if (!isObject(properties)) throw badRequest('Invalid input JSON: `properties` is required')
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      if (typeof value === 'string') return [name, value]
      throw badRequest(
        `Invalid input JSON: cannot deserialize value of type \`java.lang.String\` of property "${name}"`,
      )
    }),
  )
}

/** Refuses the batch where an id is named twice. */
export function refuseDuplicates(ids: readonly string[]): void {
  const twice = ids.filter((id, place) => ids.indexOf(id) !== place)
  if (twice.length > 0) throw duplicateIds([...new Set(twice)])
}

/** One bad input fails alone only where every input has a trace id of its own (crm.md 1.3). */
export function haveTraceIds(inputs: readonly Input[]): boolean {
  const traceIds = new Set(inputs.map(({ traceId }) => traceId))
  return traceIds.size === inputs.length && inputs.every(({ traceId }) => traceId)
}

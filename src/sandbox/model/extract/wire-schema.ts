import { asList, asObject, asTexts, isObject, type JsonObject } from '../../json.ts'

/** The named properties of an object schema, in order. */
export function propertiesOf(schema: JsonObject): [string, JsonObject][] {
  return Object.entries(asObject(schema.properties)).map(([key, property]) => [key, asObject(property)])
}

export function propertyOf(schema: JsonObject, name: string): JsonObject {
  return asObject(asObject(schema.properties)[name])
}

/** The alternatives of an `anyOf`, or the schema itself. */
export function branchesOf(schema: JsonObject): JsonObject[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf.filter(isObject) : [schema]
}

/** The type names of a schema, whether it has one or a list of them. */
export function typesOf(schema: JsonObject): string[] {
  return asTexts(Array.isArray(schema.type) ? schema.type : [schema.type])
}

/** Whether a property is an item to answer with evidence, status and value. */
export function isItemSchema(property: JsonObject): boolean {
  return ['evidence', 'status', 'value'].every((key) => key in asObject(property.properties))
}

/** The emptiest value a schema allows: null if it may be null, else the plainest of its type. */
export function emptiestValue(schema: JsonObject): unknown {
  const branches = branchesOf(schema)
  const types = branches.flatMap(typesOf)
  if (types.includes('null')) return null
  const [branch = schema] = branches
  const [firstChoice] = asList(branch.enum)
  if (firstChoice !== undefined) return firstChoice
  if (types.includes('object')) {
    return Object.fromEntries(propertiesOf(branch).map(([key, property]) => [key, emptiestValue(property)]))
  }
  if (types.includes('array')) return []
  if (types.includes('boolean')) return false
  return types.includes('number') || types.includes('integer') ? 0 : ''
}

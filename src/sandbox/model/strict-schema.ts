import { asList, isObject, type JsonObject } from '../json.ts'

// OpenAI "Structured outputs: supported schemas", as quoted in reference/llm.md 1.1 (baseline 2026-02)
const MAX_PROPERTIES = 5_000
const MAX_LEVELS = 10
const MAX_CHARS = 120_000
const MAX_ENUM_VALUES = 1_000
const LONG_ENUM_VALUES = 250
const MAX_LONG_ENUM_CHARS = 15_000
const FORBIDDEN = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
]
const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']

type Totals = { properties: number; chars: number; enumValues: number }
type Path = readonly string[]

/** The first reason why the API would refuse a schema in strict mode, in its words; undefined where it would take it. */
export function strictSchemaProblem(schema: unknown): string | undefined {
  if (!isObject(schema)) return `schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`
  if (schema.anyOf !== undefined) return at([], "'anyOf' is not permitted at the root.")
  if (schema.type !== 'object') return `schema must be a JSON Schema of 'type: "object"', got 'type: "${schema.type}"'.`
  const totals: Totals = { properties: 0, chars: 0, enumValues: 0 }
  return problemIn(schema, [], 0, totals) ?? problemOfTotals(totals)
}

function problemOfTotals(totals: Totals): string | undefined {
  if (totals.properties > MAX_PROPERTIES) {
    return `Expected at most ${MAX_PROPERTIES} object properties in total, got ${totals.properties}.`
  }
  if (totals.enumValues > MAX_ENUM_VALUES) {
    return `Expected at most ${MAX_ENUM_VALUES} enum values in total, got ${totals.enumValues}.`
  }
  if (totals.chars > MAX_CHARS) {
    return `Expected at most ${MAX_CHARS} characters of names and enum values in total, got ${totals.chars}.`
  }
  return undefined
}

function problemIn(schema: unknown, path: Path, level: number, totals: Totals): string | undefined {
  if (!isObject(schema)) return at(path, 'schema must be an object.')
  const forbidden = FORBIDDEN.find((keyword) => keyword in schema)
  if (forbidden) return at(path, `'${forbidden}' is not permitted.`)
  return (
    problemOfEnum(schema, path, totals) ??
    problemOfType(schema, path) ??
    (hasType(schema, 'object') ? problemOfObject(schema, path, level + 1, totals) : undefined) ??
    (hasType(schema, 'array') ? problemOfArray(schema, path, level, totals) : undefined) ??
    problemOfBranches(schema, path, level, totals) ??
    firstProblem(schema.$defs, [...path, '$defs'], level, totals)
  )
}

function problemOfEnum(schema: JsonObject, path: Path, totals: Totals): string | undefined {
  if (schema.const !== undefined) totals.chars += String(schema.const).length
  if (schema.enum === undefined) return undefined
  const values = asList(schema.enum)
  if (values.length === 0) return at(path, "'enum' must be a non-empty array.")
  const chars = values.reduce<number>((sum, value) => sum + String(value).length, 0)
  totals.enumValues += values.length
  totals.chars += chars
  if (values.length <= LONG_ENUM_VALUES || chars <= MAX_LONG_ENUM_CHARS) return undefined
  return at(
    path,
    `an enum of more than ${LONG_ENUM_VALUES} values may hold ${MAX_LONG_ENUM_CHARS} characters, got ${chars}.`,
  )
}

function problemOfType(schema: JsonObject, path: Path): string | undefined {
  const types = typesOf(schema)
  if (types.length === 0) {
    const isTyped = ['anyOf', '$ref', 'enum', 'const'].some((keyword) => keyword in schema)
    return isTyped ? undefined : at(path, "schema must have a 'type' key.")
  }
  const unknown = types.find((type) => typeof type !== 'string' || !TYPES.includes(type))
  return unknown === undefined ? undefined : at(path, `'${unknown}' is not a valid type.`)
}

function problemOfObject(schema: JsonObject, path: Path, level: number, totals: Totals): string | undefined {
  if (level > MAX_LEVELS) return at(path, `${level} levels of nesting exceeds limit of ${MAX_LEVELS}.`)
  if (schema.additionalProperties !== false) {
    return at(path, "'additionalProperties' is required to be supplied and to be false.")
  }
  const names = isObject(schema.properties) ? Object.keys(schema.properties) : []
  totals.properties += names.length
  totals.chars += names.join('').length
  const required = new Set(asList(schema.required))
  const missing = names.find((name) => !required.has(name))
  if (missing !== undefined) {
    return at(
      path,
      `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
    )
  }
  const known = new Set<unknown>(names)
  const extra = [...required].find((name) => !known.has(name))
  if (extra !== undefined) return at(path, `Extra required key '${extra}' supplied.`)
  return firstProblem(schema.properties, [...path, 'properties'], level, totals)
}

function problemOfArray(schema: JsonObject, path: Path, level: number, totals: Totals): string | undefined {
  if (schema.items === undefined) return at(path, 'array schema missing items.')
  return problemIn(schema.items, [...path, 'items'], level, totals)
}

function problemOfBranches(schema: JsonObject, path: Path, level: number, totals: Totals): string | undefined {
  if (schema.anyOf === undefined) return undefined
  if (asList(schema.anyOf).length === 0) return at(path, "'anyOf' must be a non-empty array.")
  return firstProblem(Object.fromEntries(asList(schema.anyOf).entries()), [...path, 'anyOf'], level, totals)
}

function firstProblem(schemas: unknown, path: Path, level: number, totals: Totals): string | undefined {
  if (!isObject(schemas)) return undefined
  for (const [key, schema] of Object.entries(schemas)) {
    const problem = problemIn(schema, [...path, key], level, totals)
    if (problem !== undefined) return problem
  }
  return undefined
}

function typesOf(schema: JsonObject): readonly unknown[] {
  return schema.type === undefined ? [] : Array.isArray(schema.type) ? schema.type : [schema.type]
}

function hasType(schema: JsonObject, type: string): boolean {
  return typesOf(schema).includes(type)
}

function at(path: Path, problem: string): string {
  return `In context=(${path.map((step) => `'${step}'`).join(', ')}), ${problem}`
}

import { z } from 'zod'
import { nearest, unknownName } from '../filters/index.ts'
import { fileSchema } from './file-schema.ts'

type Path = readonly PropertyKey[]

/** One mistake of a parsed file: at a key (`isKey`) or at a value, and what would be right. */
export type Mistake = { path: Path; isKey: boolean; message: string }

/** A zod issue in words for the author of the file, whose YAML is `file`; one mistake per unknown key, with the nearest that `schema` knows. */
export function describeIssue(issue: z.core.$ZodIssue, file: unknown, schema: z.ZodType = fileSchema): Mistake[] {
  const { path } = issue
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        isKey: true,
        message: unknownName('key', key, keysAt(schema, path)),
      }))
    case 'invalid_key':
      return [{ path, isKey: true, message: issue.issues[0]?.message ?? issue.message }]
    case 'invalid_value':
      return [{ path, isKey: false, message: describeChoice(issue, valueAt(file, path)) }]
    case 'invalid_union':
      return describeUnion(issue, file, schema)
    case 'custom':
      return [{ path, isKey: false, message: issue.message }]
    default:
      return [{ path, isKey: false, message: describeValue(issue, valueAt(file, path)) }]
  }
}

/** Of several shapes the one that was meant, where the file has it in outline; else what all of them would be. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, file: unknown, schema: z.ZodType): Mistake[] {
  const isOther = ({ code, path }: z.core.$ZodIssue) => path.length === 0 && /^invalid_(type|value|union)$/.test(code)
  const [meant, ...others] = issue.errors.filter((issues) => !issues.some(isOther))
  if (meant === undefined || others.length > 0)
    return [{ path: issue.path, isKey: false, message: describeValue(issue, valueAt(file, issue.path)) }]
  return meant.flatMap((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, file, schema))
}

function describeValue(issue: z.core.$ZodIssue, found: unknown): string {
  if (found === undefined) return missing(issue.path, issue.message)
  const wantsNumber = issue.code === 'invalid_type' && ['int', 'number'].includes(issue.expected)
  return wantsNumber && isNumberInQuotes(found) ? `${issue.message}: ${found} without quotes` : issue.message
}

function isNumberInQuotes(found: unknown): boolean {
  return typeof found === 'string' && /^-?\d+(\.\d+)?$/.test(found)
}

function missing(path: Path, expected: string): string {
  return `"${String(path.at(-1))}" is missing; ${expected}`
}

function describeChoice(issue: z.core.$ZodIssueInvalidValue, found: unknown): string {
  const choices = issue.values.map(String)
  const expected = choices.length === 1 ? `expected ${choices[0]}` : `expected one of: ${choices.join(', ')}`
  if (found === undefined) return missing(issue.path, expected)
  if (issue.values.some((value) => typeof value === 'number' && String(value) === found))
    return `${expected} without quotes`
  const close = nearest(String(found), choices)
  return close === null ? expected : `${expected}; did you mean "${close}"?`
}

function valueAt(file: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    file,
  )
}

/** The keys that the schema knows at a path. */
function keysAt(schema: unknown, path: Path): string[] {
  const [step, ...rest] = path
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return keysAt(schema.unwrap(), path)
  if (schema instanceof z.ZodPipe) return keysAt(schema.in, path)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path))
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest)
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest)
  if (!(schema instanceof z.ZodObject)) return []
  return step === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[String(step)], rest)
}

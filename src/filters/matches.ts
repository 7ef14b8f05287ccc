import type { Condition, Filter, Subject, Test } from './types.ts'

/**
 * Whether a conversation passes a filter. Pure; the SQL form (`filter-sql.ts`) means the same:
 *
 * - Absent and null are "no value"; `''`, `0` and `false` are values.
 * - No value passes `np` and `ne` only: `ne` is SQL's `is distinct from`.
 * - Text is compared exactly, case and all; in keyed fields numbers and booleans are compared by their text.
 * - Numbers: text that is plainly a number (`-12.50`) counts as one; any other value passes `ne` only.
 * - `eq` true/false also passes for the texts 'true' and 'false'. Ranges include both ends.
 * - An object or list in a keyed field is present and equals nothing.
 * - A condition on tool calls holds where one call passes all its tests; without a call, none holds.
 */
export function matches(filter: Filter, subject: Subject): boolean {
  const isKind = filter.kind === 'any' || filter.kind === subject.kind
  return isKind && filter.conditions.every((condition) => holds(condition, subject))
}

type Scalar = string | number | boolean

function holds(condition: Condition, subject: Subject): boolean {
  if (condition.field === 'agent') {
    return condition.anyOf.some(({ agentId, versions }) => {
      const { agent_id: id, agent_version: version } = subject
      return agentId === id && (versions.length === 0 || (version !== null && versions.includes(version)))
    })
  }
  if (condition.field === 'tool_calls') {
    const calls = subject.tool_calls ?? []
    return calls.some((call) => condition.tests.every(({ part, test }) => passes(test, call[part])))
  }
  const value = 'key' in condition ? own(subject[condition.field], condition.key) : subject[condition.field]
  return passes(condition.test, value)
}

function scalarOf(value: unknown): Scalar | null {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isScalar ? value : null
}

/** Not by plain indexing: a key named `constructor` would be found on every object. */
function own(values: Record<string, unknown> | undefined, key: string): unknown {
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined
}

/** Whether one value passes one test, by the same words. */
export function passes(test: Test, value: unknown): boolean {
  const scalar = scalarOf(value)
  switch (test.type) {
    case 'present':
      return (value !== undefined && value !== null) === (test.op === 'pr')
    case 'string':
      return scalar === null ? test.op === 'ne' : passesText(test.op, String(scalar), test.value)
    case 'enum':
      return scalar !== null && test.value.includes(String(scalar))
    case 'boolean':
      return scalar !== null && String(scalar) === String(test.value)
    case 'number': {
      const number = numberIn(scalar)
      return number === null ? test.op === 'ne' : passesNumber(test.op, number, test.value)
    }
    case 'range': {
      const number = numberIn(scalar)
      return number !== null && number >= test.value[0] && number <= test.value[1]
    }
  }
}

function passesText(op: 'eq' | 'ne' | 'sw' | 'ew' | 'co', text: string, wanted: string): boolean {
  switch (op) {
    case 'eq':
      return text === wanted
    case 'ne':
      return text !== wanted
    case 'sw':
      return text.startsWith(wanted)
    case 'ew':
      return text.endsWith(wanted)
    case 'co':
      return text.includes(wanted)
  }
}

function passesNumber(op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le', number: number, wanted: number): boolean {
  switch (op) {
    case 'eq':
      return number === wanted
    case 'ne':
      return number !== wanted
    case 'gt':
      return number > wanted
    case 'ge':
      return number >= wanted
    case 'lt':
      return number < wanted
    case 'le':
      return number <= wanted
  }
}

function numberIn(scalar: Scalar | null): number | null {
  if (typeof scalar === 'number') return scalar
  return typeof scalar === 'string' && /^-?\d+(\.\d+)?$/.test(scalar) ? Number(scalar) : null
}

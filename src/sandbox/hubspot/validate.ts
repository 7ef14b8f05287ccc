import type { Portal } from './portal.ts'
import { LIFECYCLE_STAGES, type Property } from './properties.ts'
import type { Problem } from './refusals.ts'

const LONGEST_TEXT = 65_536
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const EPOCH_MS = /^-?\d{5,}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/
const DAY_MS = 86_400_000

/** A value in the form HubSpot stores it, or why it refuses it. */
type Checked = { value: string } | { error: string; message: string }

export type CheckedProperties = { values: Map<string, string>; problems: Problem[] }

/** Checks what one input wants to write; `current` tells the values that are there now. */
export function checkProperties(
  portal: Pick<Portal, 'properties'>,
  properties: Readonly<Record<string, string>>,
  current: (name: string) => string | undefined,
): CheckedProperties {
  const checked: CheckedProperties = { values: new Map(), problems: [] }
  for (const [name, text] of Object.entries(properties)) {
    const result = checkProperty(portal.properties.get(name), name, text, current(name) ?? '')
    if ('value' in result) checked.values.set(name, result.value)
    else checked.problems.push({ isValid: false, message: result.message, error: result.error, name })
  }
  return checked
}

function checkProperty(property: Property | undefined, name: string, text: string, current: string): Checked {
  if (!property) return { error: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` }
  if (property.calculated || property.modificationMetadata.readOnlyValue) {
    return { error: 'READ_ONLY_VALUE', message: `"${name}" is a read only property; its value cannot be set.` }
  }
  const trimmed = text.trim()
  return trimmed === '' ? { value: '' } : checkValue(property, trimmed, current)
}

function checkValue(property: Property, text: string, current: string): Checked {
  switch (property.type) {
    case 'number':
      return NUMBER.test(text)
        ? { value: text }
        : { error: 'INVALID_INTEGER', message: `${text} was not a valid number.` }
    case 'bool':
      return checkOption(property, text)
    case 'date':
      return checkDay(text)
    case 'datetime':
      return checkInstant(text)
    case 'enumeration':
      return property.fieldType === 'checkbox' ? checkChoices(property, text, current) : checkOption(property, text)
    default:
      return property.name === 'email' ? checkEmail(text) : checkText(text)
  }
}

function checkText(text: string): Checked {
  if (text.length <= LONGEST_TEXT) return { value: text }
  return {
    error: 'INVALID_LENGTH',
    message: `The value is ${text.length} characters long, the limit is ${LONGEST_TEXT}.`,
  }
}

function checkEmail(text: string): Checked {
  if (EMAIL.test(text)) return { value: text.toLowerCase() }
  return { error: 'INVALID_EMAIL', message: `Email address ${text} is invalid` }
}

function checkOption(property: Property, text: string): Checked {
  const values = property.options.map(({ value }) => value)
  if (property.externalOptions || values.includes(text)) return { value: text }
  return { error: 'INVALID_OPTION', message: `${text} was not one of the allowed options: [${values.join(', ')}]` }
}

/** `a;b` replaces the choices; a leading `;` adds to them. */
function checkChoices(property: Property, text: string, current: string): Checked {
  const given = text.split(';').filter((choice) => choice !== '')
  const wrong = given.map((choice) => checkOption(property, choice)).find((result) => 'error' in result)
  if (wrong) return wrong
  const kept = text.startsWith(';') ? current.split(';').filter((choice) => choice !== '') : []
  return { value: [...new Set([...kept, ...given])].join(';') }
}

/** A calendar date, or the epoch milliseconds of its midnight in UTC. */
function checkDay(text: string): Checked {
  const at = EPOCH_MS.test(text) ? Number(text) : Date.parse(`${text}T00:00:00Z`)
  const day = isInstant(at) ? new Date(at).toISOString().slice(0, 10) : undefined
  if (day !== undefined && (DAY.test(text) ? day === text : at % DAY_MS === 0)) return { value: day }
  const message = day === undefined ? `${text} was not a valid date.` : `${text} is not midnight UTC!`
  return { error: 'INVALID_DATE', message }
}

function checkInstant(text: string): Checked {
  const at = EPOCH_MS.test(text) ? Number(text) : INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (isInstant(at)) return { value: new Date(at).toISOString() }
  return { error: 'INVALID_DATE', message: `${text} was not a valid instant.` }
}

function isInstant(at: number): boolean {
  return Math.abs(at) <= 8.64e15
}

/** The API answers success and leaves the stage where it is, unless it was cleared before (crm.md 1.5). */
export function movesLifecycleBack(before: string | undefined, after: string | undefined): boolean {
  if (!before || !after) return false
  const stages: readonly string[] = LIFECYCLE_STAGES
  return stages.indexOf(after) < stages.indexOf(before)
}

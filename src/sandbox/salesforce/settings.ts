import { oneOf } from '../admin-routes.ts'
import { type Callout, readCallout } from '../callouts.ts'
import { asList, asNumber, asObject, asText, asTexts, type JsonObject } from '../json.ts'
import { badOrder } from '../refusal.ts'
import { REWRITES, type Rewrite } from '../rewrites.ts'

/** A record whose field matches the pattern is not saved, whichever of its fields was to be written. */
type ValidationRule = { object: string; field: string; pattern: string; message: string; active: boolean }

/**
 * A rewrite of one field. `before` the save it happens in the name of whoever saves and leaves no trace of its own;
 * `after` it the Automated Process user saves once more.
 */
export type Flow = { object: string; field: string; kind: Rewrite; when: 'before' | 'after' }

export type Settings = {
  /** There and back, added to every answer but the admin's. */
  latencyMs: number
  /** What a write takes longer, for the org's triggers; it keeps its records locked all the while. */
  msPerRow: number
  /** How long a change stays invisible to SOSL; 0 is at once. */
  searchLagMs: number
  /** Calls in any 24 hours. */
  dailyLimit: number
  /** Whether answers carry `Sforce-Limit-Info`. */
  limitHeader: boolean
  /** `refused`: every token is refused, though the token endpoint still hands them out. */
  sessions: 'accepted' | 'refused'
  /** `refused`: the token endpoint hands out nothing. */
  logins: 'accepted' | 'refused'
  /** Fields whose changes leave no history; `*` is all of them. */
  historyOff: readonly string[]
  validationRules: readonly ValidationRule[]
  flows: readonly Flow[]
  callouts: readonly Callout[]
}

export const DEFAULT_SETTINGS: Settings = {
  latencyMs: 0,
  msPerRow: 0,
  searchLagMs: 0,
  dailyLimit: 100_000,
  limitHeader: true,
  sessions: 'accepted',
  logins: 'accepted',
  historyOff: [],
  validationRules: [],
  flows: [],
  callouts: [],
}

/** Reads the settings that a JSON body names, and refuses names and shapes that are none. */
export function readSettings(given: JsonObject): Partial<Settings> {
  return Object.assign({}, ...Object.entries(given).map(([name, value]) => readSetting(name, value)))
}

function readSetting(name: string, value: unknown): Partial<Settings> {
  switch (name) {
    case 'latencyMs':
    case 'msPerRow':
    case 'searchLagMs':
    case 'dailyLimit': {
      const number = asNumber(value)
      if (number !== undefined && number >= 0) return { [name]: number }
      break
    }
    case 'limitHeader':
      if (typeof value === 'boolean') return { limitHeader: value }
      break
    case 'sessions':
    case 'logins':
      return { [name]: oneOf(['accepted', 'refused'], value, name) }
    case 'historyOff':
      if (Array.isArray(value)) return { historyOff: asTexts(value) }
      break
    case 'validationRules':
      return { validationRules: asList(value).map(readRule) }
    case 'flows':
      return { flows: asList(value).map(readFlow) }
    case 'callouts':
      return { callouts: asList(value).map(readCallout) }
  }
  throw badOrder(`${name}: there is no such setting, or it takes another value`)
}

function readRule(given: unknown): ValidationRule {
  const { pattern, message, active, ...place } = asObject(given)
  return {
    ...readPlace(place, 'validationRules'),
    pattern: asText(pattern) ?? '',
    message: asText(message) ?? 'The record breaks a validation rule',
    active: active !== false,
  }
}

function readFlow(given: unknown): Flow {
  const { kind, when, ...place } = asObject(given)
  return {
    ...readPlace(place, 'flows'),
    kind: oneOf(REWRITES, kind, 'kind'),
    when: when === 'after' ? 'after' : 'before',
  }
}

function readPlace(given: JsonObject, setting: string): { object: string; field: string } {
  const [object, field] = [asText(given.object), asText(given.field)]
  if (!object || !field) throw badOrder(`${setting}: each needs an object and a field`)
  return { object, field }
}

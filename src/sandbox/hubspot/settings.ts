import { oneOf } from '../admin-routes.ts'
import { type Callout, readCallout } from '../callouts.ts'
import { asList, asNumber, asObject, asText, asTexts, type JsonObject } from '../json.ts'
import { badOrder } from '../refusal.ts'
import { REWRITES, type Rewrite } from '../rewrites.ts'
import { ALL_SCOPES } from './scopes.ts'

/**
 * A rewrite of one property. `workflow` writes a second revision right after an API write;
 * `crm` changes what is stored, whoever writes.
 */
type Flow = { property: string; kind: Rewrite; as: 'workflow' | 'crm' }

export type Settings = {
  /** There and back, added to every answer but the admin's. */
  latencyMs: number
  /** Multiplies the burst and the search rate, so that tests need not wait. */
  rateScale: number
  /** How long a change stays invisible to search; HubSpot's is seconds. 0 is at once. */
  searchLagMs: number
  dailyLimit: number
  /** What the token may do. */
  scopes: readonly string[]
  /** How long an access token of the installed app lasts. */
  tokenLifeSeconds: number
  /** Whether a refresh hands out another refresh token and ends the one used. */
  rotateRefreshTokens: boolean
  /** `refused`: the account has uninstalled the app. */
  grants: 'accepted' | 'refused'
  /** Properties whose history is never told; `*` is all of them. */
  historyOff: readonly string[]
  /** What a batch read does about ids that do not exist: HubSpot does both (crm.md 1.2). */
  missingIds: 'reported' | 'absent'
  /** Whether write results repeat the `objectWriteTraceId` of their input. */
  echoTraceIds: boolean
  /** Whether trace ids save the good inputs of a batch from the bad ones: documented of creates, of updates only seen (crm.md 1.3, 15). */
  partialSuccess: boolean
  flows: readonly Flow[]
  /** Workflows that call out when a property changes; their `object` is `contact`, their `field` the property. */
  callouts: readonly Callout[]
}

export const DEFAULT_SETTINGS: Settings = {
  latencyMs: 0,
  rateScale: 1,
  searchLagMs: 5_000,
  dailyLimit: 625_000,
  scopes: ALL_SCOPES,
  tokenLifeSeconds: 1_800,
  rotateRefreshTokens: false,
  grants: 'accepted',
  historyOff: [],
  missingIds: 'reported',
  echoTraceIds: true,
  partialSuccess: true,
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
    case 'rateScale':
    case 'searchLagMs':
    case 'tokenLifeSeconds':
    case 'dailyLimit': {
      const number = asNumber(value)
      if (number !== undefined && number >= 0) return { [name]: number }
      break
    }
    case 'scopes':
    case 'historyOff':
      if (Array.isArray(value)) return { [name]: asTexts(value) }
      break
    case 'missingIds':
      if (value === 'reported' || value === 'absent') return { missingIds: value }
      break
    case 'grants':
      return { grants: oneOf(['accepted', 'refused'], value, name) }
    case 'rotateRefreshTokens':
    case 'echoTraceIds':
    case 'partialSuccess':
      if (typeof value === 'boolean') return { [name]: value }
      break
    case 'flows':
      return { flows: asList(value).map(readFlow) }
    case 'callouts':
      return { callouts: asList(value).map(readCallout) }
  }
  throw badOrder(`${name}: there is no such setting, or it takes another value`)
}

function readFlow(given: unknown): Flow {
  const flow = asObject(given)
  const property = asText(flow.property)
  const kind = REWRITES.find((known) => known === flow.kind)
  if (!property || !kind) throw badOrder(`flows: each needs a property and a kind of ${REWRITES.join(', ')}`)
  return { property, kind, as: flow.as === 'crm' ? 'crm' : 'workflow' }
}

import { type Callouts, createCallouts } from '../callouts.ts'
import { emptyLog, type RequestLog } from '../request-log.ts'
import { seededRandom } from '../seeded-random.ts'
import type { ActivityObject } from './activities/definitions.ts'
import { type ActivityState, noActivities } from './activities/store.ts'
import type { Contact } from './contacts.ts'
import type { Fault } from './faults.ts'
import type { Traffic } from './limits.ts'
import type { OperationName } from './operation.ts'
import { type Property, standardProperties } from './properties.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'

/** Who the portal is and what it accepts: fixed when the sandbox starts. */
export type PortalIdentity = {
  clock: () => number
  seed: number
  /** Of the private app. */
  token: string
  /** The app that was installed, and the refresh token that this gave it. */
  app: { clientId: string; clientSecret: string; refreshToken: string }
  appId: string
  portalId: number
  timeZone: string
  settings: Partial<Settings>
}

/** All that a reset brings back to the start. */
type PortalState = {
  settings: Settings
  properties: Map<string, Property>
  /** Names of the groups that the properties of each object stand in. */
  groups: Record<'contacts' | ActivityObject, Set<string>>
  contacts: Map<string, Contact>
  /** Contacts in the recycle bin: no endpoint answers for them (crm.md 1.4). */
  archived: Map<string, Contact>
  /** The ids of `contacts` in the order a list pages through them. */
  order: string[]
  /** Ids that a merge retired, and the id that answers for them now. */
  aliases: Map<string, string>
  /** Per unique property: value → id. */
  unique: Map<string, Map<string, string>>
  activities: ActivityState
  nextId: number
  faults: Fault[]
  traffic: Traffic
  /** The installed app's refresh token now, and its access tokens with when they end. */
  refreshToken: string
  accessTokens: Map<string, number>
  log: RequestLog<OperationName>
  /** Seeded, from 0 up to 1. */
  random: () => number
}

/** One HubSpot account with its contacts, as a value that the operations work on. */
export type Portal = PortalIdentity & PortalState & { callouts: Callouts; startedAs: PortalIdentity }

export function createPortal(identity: PortalIdentity): Portal {
  return { ...identity, ...freshState(identity), callouts: createCallouts(), startedAs: identity }
}

export function resetPortal(portal: Portal): void {
  Object.assign(portal, freshState(portal.startedAs))
}

function freshState(identity: PortalIdentity): PortalState {
  return {
    settings: { ...DEFAULT_SETTINGS, ...identity.settings },
    properties: new Map(standardProperties().map((property) => [property.name, property])),
    groups: { contacts: new Set(['contactinformation']), calls: new Set(), communications: new Set() },
    contacts: new Map(),
    archived: new Map(),
    order: [],
    aliases: new Map(),
    unique: new Map(),
    activities: noActivities(),
    nextId: 171_591_000_001,
    faults: [],
    refreshToken: identity.app.refreshToken,
    accessTokens: new Map(),
    traffic: { burst: [], search: [], day: '', today: 0 },
    log: emptyLog(),
    random: seededRandom(identity.seed),
  }
}

import { type Callouts, createCallouts } from '../callouts.ts'
import { emptyLog, type RequestLog } from '../request-log.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Fault } from './faults.ts'
import { type ObjectType, standardObjects } from './objects/index.ts'
import type { OperationName } from './operation.ts'
import type { SalesRecord } from './records.ts'
import { seedOrganization } from './seed-organization.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import type { Query } from './soql/query.ts'

/** Who the org is and what it accepts: fixed when the sandbox starts. */
export type OrgIdentity = {
  clock: () => number
  seed: number
  clientId: string
  clientSecret: string
  /** Who may ask for a token by a signed assertion, and the key that its signature is checked with. */
  jwt: { username: string; publicKey: string } | null
  orgId: string
  /** The integration user's. */
  userId: string
  timeZone: string
  settings: Partial<Settings>
}

/** All that a reset brings back to the start. */
type OrgState = {
  settings: Settings
  objects: Map<string, ObjectType>
  records: Map<string, SalesRecord>
  /** Per unique field, as `Contact.Ext__c`: value in lower case → id. */
  unique: Map<string, Map<string, string>>
  /** The values of Task.Status that mean it is done. */
  closedStatuses: Set<string>
  /** The last serial number that was given out. */
  serial: number
  sessions: Set<string>
  /** Ids of the records that a request under way holds locked. */
  locks: Set<string>
  /** Queries whose next pages may still be asked for. */
  cursors: Map<string, Query>
  /** When calls were made, by the second, oldest first. */
  calls: { at: number; count: number }[]
  faults: Fault[]
  log: RequestLog<OperationName>
  /** Seeded, from 0 up to 1. */
  random: () => number
}

/** One Salesforce org with its records, as a value that the operations work on. */
export type Org = OrgIdentity & OrgState & { callouts: Callouts; identity: OrgIdentity }

/** An org with its users and nothing else. */
export function createOrg(identity: OrgIdentity): Org {
  const org = { ...identity, ...freshState(identity), callouts: createCallouts(), identity }
  seedOrganization(org)
  return org
}

/** Back to what `createOrg` made. */
export function resetOrg(org: Org): void {
  Object.assign(org, freshState(org.identity))
  seedOrganization(org)
}

function freshState({ settings, seed }: OrgIdentity): OrgState {
  return {
    settings: { ...DEFAULT_SETTINGS, ...settings },
    objects: standardObjects(),
    records: new Map(),
    unique: new Map(),
    closedStatuses: new Set(['Completed']),
    serial: 100_000,
    sessions: new Set(),
    locks: new Set(),
    cursors: new Map(),
    calls: [],
    faults: [],
    log: emptyLog(),
    random: seededRandom(seed),
  }
}

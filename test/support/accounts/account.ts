export const kinds = ['hubspot', 'salesforce'] as const

export type Kind = (typeof kinds)[number]

/** Whatever can hold the fields of a record: a CRM, or our own contacts. */
export const holders = [...kinds, 'local'] as const

export type HolderKind = (typeof holders)[number]

export type Properties = Record<string, string>

/** A field, described as HubSpot does. */
export type PropertyDraft = {
  name: string
  type: string
  fieldType: string
  options?: { value: string }[]
  isUnique?: true
}

/** A contact that is there before the story begins; `at` is ISO 8601, now unless given. */
export type Seed = { id?: string; properties: Properties; at?: string }

/** A change by anyone; `at` is ISO 8601, now unless given. An empty text empties a property. */
export type Edit = {
  id: string
  properties: Properties
  as: 'person' | 'workflow' | 'app' | 'import'
  at?: string
}

export type Call = 'read' | 'write' | 'create' | 'search' | 'any'

/**
 * How the next calls go wrong. `…_after` does the work first: the caller only loses the answer. `expired`: the session is over, or
 * the token refused for this once. `locked` and `moved`: not done, for somebody else holds the records, or the account is being moved.
 */
export const faults = [
  'error',
  'error_after',
  'cut_after',
  'hang',
  'hang_after',
  'refused',
  'expired',
  'limit',
  'daily_limit',
  'locked',
  'moved',
] as const

export type Fault = (typeof faults)[number]

/** A rewrite of what a property gets: `crm` as it is stored, `workflow` by an automation right after an API write. */
type Flow = {
  property: string
  kind: 'uppercase' | 'lowercase' | 'trim' | 'crlf' | 'round'
  as: 'crm' | 'workflow'
}

/** `historyOff` names properties whose history is not told, `*` is all of them. */
export type Settings = {
  historyOff?: readonly string[]
  flows?: readonly Flow[]
  dailyLimit?: number
  searchLagMs?: number
}

export type CallCount = { calls: number; unanswered: number; rows: number }

/**
 * The CRM account behind a connection, and what people and machines do to it without us. It is spoken to in HubSpot's words,
 * whatever its kind: names of properties, and values as text.
 */
export type Account = {
  kind: Kind
  /** As mapping files call the connection. */
  connection: string
  /** What contacts are called. */
  object: string
  /** The connection's own settings, without their prefix. */
  settings: Record<string, string>
  /** What the CRM calls a property. */
  nameOf(property: string): string
  defineProperties(drafts: readonly PropertyDraft[]): void
  /** Takes properties away; with `defineProperties` they come back. */
  removeProperties(names: readonly string[]): void
  /** Answers the ids in the order given. */
  createContacts(seeds: readonly Seed[]): string[]
  edit(edit: Edit): void
  /** All contacts with what they hold: what is empty is left out. */
  contacts(): { id: string; properties: Properties }[]
  /** What one contact holds. */
  held(id: string): Properties
  /** A person merges one contact into another. Answers the id of what they are now. */
  merge(order: { into: string; from: string }): string
  /** Into the recycle bin, and out of it. */
  remove(id: string): void
  restore(id: string): void
  configure(settings: Settings): void
  fail(call: Call, fault: Fault, times?: number): void
  /** Ends all that goes wrong, and whatever hangs. */
  recover(): void
  /** Calls since the sandbox started, how many of them are left hanging, and the rows of those that were not refused. */
  count(call: Call): CallCount
  historyCalls(): number
}

type Told = { calls: number; rows: number; byStatus: Record<string, number> }

/** Sums up what a sandbox's request log tells of operations. */
export function countOf(told: (Told | undefined)[]): CallCount {
  const total: CallCount = { calls: 0, unanswered: 0, rows: 0 }
  for (const each of told) {
    total.calls += each?.calls ?? 0
    total.rows += each?.rows ?? 0
    total.unanswered += each?.byStatus[0] ?? 0
  }
  return total
}

import type { CallCounts, Crm, HistoryEntry } from '../../src/crm/index.ts'

type Editor = 'person' | 'workflow' | 'app' | 'import'

/** How the next calls of a kind go wrong. `…_after` does the work first: the caller only loses the answer. */
export type Fault = 'error' | 'error_after' | 'cut_after' | 'hang' | 'hang_after' | 'rate_limit' | 'daily_limit'

/**
 * What else vendors do. `second_limit` is the other 429 of HubSpot's; `locked` and `moved`: not done, the records are somebody
 * else's just now, or the account is being moved; `expired`: the token is refused, this once.
 */
export const vendorFaults = [
  ...(['error', 'error_after', 'cut_after', 'hang', 'hang_after', 'rate_limit', 'daily_limit'] as const),
  ...(['second_limit', 'locked', 'moved', 'expired'] as const),
]

export type VendorFault = (typeof vendorFaults)[number]

/** A CRM account to test an adapter against: the adapter, and what people and machines do to the account without it. */
export type Account = {
  crm: Crm
  object: string
  /** Names of writable fields, one of each kind, empty on new records; `readOnly` cannot be written. */
  fields: Record<'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'choice' | 'choices' | 'readOnly', string>
  /** Two options of `choice` and `choices`. */
  options: [string, string]
  /** The id of no record. */
  missingId: string
  accountId: string
  timeZone: string
  /** What the history calls each kind of editor, and who a value belongs to that a record was created with. */
  authors: Record<'created' | Editor, HistoryEntry['author']>
  /** What it costs to read 210 records and one that is none, to write 210, to read the history of 60, and to write a batch twice. */
  callsFor: Record<'read210' | 'write210' | 'history60', Partial<CallCounts>> & { twoTries?: Partial<CallCounts> }
  /** The ids of new records holding these values. */
  create(records: Record<string, string>[]): Promise<string[]>
  edit(id: string, values: Record<string, string>, as: Editor): Promise<void>
  /** Merges two records and tells the id under which both live on. */
  merge(id: string, other: string): Promise<string>
  /** How often a field was ever written by us. */
  ownWrites(id: string, field: string): Promise<number>
}

/** An account that is spoken to over a network, where calls go wrong. */
export type RemoteAccount = Account & {
  fail(call: 'read' | 'write', fault: Fault, times?: number): Promise<void>
  /** The same account, spoken to with a token that it refuses. */
  withBadToken(): Crm
}

/** An account at a vendor's sandbox. */
export type VendorAccount = Omit<RemoteAccount, 'fail'> & {
  fail(call: 'read' | 'write', fault: VendorFault, times?: number): Promise<void>
  /** Ends all that goes wrong. */
  recover(): Promise<void>
  /** How often a field of each record was ever written by us. */
  allOwnWrites(field: string): Map<string, number>
}

/** The deadline of one request, which `makeAccount` gives its adapter. */
export const deadlineMs = 300

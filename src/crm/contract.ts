import type { Value } from '../mapping/index.ts'
import type { Activities } from './activities/contract.ts'

export type FieldKind = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'choice' | 'choices'

/** One field of a CRM object, in words both CRMs share. */
export type CrmField = {
  name: string
  label: string
  kind: FieldKind
  writable: boolean
  unique: boolean
  maxLength: number | null
  /** Its text is of use only whole, such as an e-mail or a number: refused where it is too long, and not cut. */
  isWhole?: true | undefined
  /** The values (not labels) a choice field takes. */
  options: string[] | null
  /** Decimal places a number keeps; null: as many as it is given. */
  scale: number | null
  /** Whether it can never be empty. */
  required: boolean
  /** A new record is refused without a value of it: the CRM has none of its own. */
  isNeeded?: true | undefined
  /** Records are found and created by its values, one record for each. */
  isKey?: true | undefined
  /** Whether the CRM keeps a history of it: where it does not, none is asked for. */
  hasHistory: boolean
}

/** A value as the CRM spells it; null is empty. */
export type Wire = string | null

/** One record as read. */
export type Reading = {
  askedId: string
  /** Where the record lives now: after a merge it differs from the id asked for. */
  externalId: string
  values: Record<string, Wire>
  changedAt: Date | null
  /** Whether that last change was by us; null where the CRM does not tell. */
  changedByUs: boolean | null
  /** What the CRM locks together with the record, where it does: rows of one parent are best written side by side. */
  parentId: string | null
}

/** One entry of a field's history. `author` is 'us' only where the entry was written by our own app. */
export type HistoryEntry = {
  value: Wire
  at: Date
  author: 'us' | 'person' | 'automation' | 'import' | 'unknown'
  /** The CRM's own word for who did it, for evidence. */
  source: string
  /** Set where nobody kept the time and `at` is the latest it can be: what stood before the first entry. */
  atLatest?: true
}

/** `parentId` and `changedAt` are those of the reading that the values were decided on. */
export type WriteRow = {
  externalId: string
  values: Record<string, Wire>
  parentId?: string | null
  changedAt?: Date | null
}

/** A record to be created under `key`, unless there is one; `values` are what it then holds beside the key. */
export type CreateRow = { key: string; values: Record<string, Wire> }

/**
 * What became of one, out of a closed set: `created` · `found` (there was one with this key, and it was left as it is) · `rejected`
 * (and why) · `later` (not now; whether it is there by then, its key tells). `externalId` is set with the first two.
 */
export type CreateOutcome = {
  key: string
  outcome: 'created' | 'found' | 'rejected' | 'later'
  externalId: string | null
  rejectedFields: RejectedField[]
  reason?: string
  code?: string
  retryAfterMs?: number
}

/**
 * A field that the CRM refused, and why. `reason` is the CRM's own words, which may quote a value; `code` is its word for that
 * kind of refusal, which never does. `isSchema`: the field is at fault and not the value, for it is gone, hidden or read-only.
 */
export type RejectedField = { field: string; reason: string; code: string; isSchema?: true }

/**
 * What became of one row, out of a closed set:
 * `written` (with the values the CRM answered, where it did) · `missing` (no such record any more) ·
 * `rejected` (the row, and why) · `later` (not now: rate or outage, nothing was written) · `unknown` (sent, no answer: read it again).
 * `rejectedFields` were left out of a row that was otherwise written.
 */
export type WriteOutcome = {
  externalId: string
  outcome: 'written' | 'missing' | 'rejected' | 'later' | 'unknown'
  values: Record<string, Wire>
  rejectedFields: RejectedField[]
  reason?: string
  /** Of a row that was refused as a whole: the CRM's word for the kind of refusal. */
  code?: string
  retryAfterMs?: number
}

/** `mergedIds` are ids of records that were merged into this one, as far as a scan tells. */
export type ScannedRecord = {
  externalId: string
  values: Record<string, Wire>
  changedAt: Date | null
  mergedIds: string[]
}

/** A record that is one no more: deleted, merged into another, or (a lead) converted; `became` is what it lives on as. */
export type GoneRecord = { externalId: string; became: { object: string; externalId: string } | null }

export type ScannedPage = {
  records: ScannedRecord[]
  /** Records that have ended, as far as a scan tells of them. */
  gone?: GoneRecord[]
  /** The cursor of the next page; null on the last. */
  next: string | null
  /** The cursor with which a later scan reads only what has changed since; null where the CRM's order does not tell. */
  seenTo: string | null
}

/** What a single search looks for: a number (E.164, and `national` without its country code) in these fields, or an e-mail (lower case). */
export type SearchKey =
  | { by: 'number'; key: string; national: string; fields: readonly string[] }
  | { by: 'email'; key: string }

/** One thing that was looked at of an account, in words for who sets it up there; `advice` says what to do about it. */
export type Finding = { about: string; verdict: 'ok' | 'warning' | 'wrong'; found: string; advice?: string }

/** What the mappings of a connection want of its account. */
export type Needs = { objects: readonly string[]; writes: boolean }

/** A field that an account is to get. `isLong`: of text, several lines. */
export type FieldDraft = Pick<CrmField, 'name' | 'label' | 'kind' | 'options'> & {
  object: string
  description: string
  isLong: boolean
  isUnique: boolean
}

/** `there`: it was there already, and holds the same. `refused`: the account takes none like it, or has another one of that name. */
export type FieldMade = { outcome: 'created' | 'there' | 'refused'; why?: string }

/** How many calls of each kind were made: what a report says a push cost the CRM. */
export type CallCounts = { read: number; history: number; write: number }

/**
 * One CRM account. Every function may be called twice. Ids are opaque text. What cannot be reached throws an
 * `AppError` (`crm.unreachable`, `crm.rate_limited`, `crm.daily_limit` → retry; `crm.credentials`, `crm.refused` → stop).
 */
export type Crm = {
  /** As mapping files name it. */
  kind: string
  connection: string
  /** How many records one push takes at once, as things stand: as many as one call writes, or several in a short time. */
  batchSize: number
  /** How many batches of one pusher may be under way at once, so that its rate is used up in spite of the way there and back. 1 unless given. */
  batchesAtOnce?: number
  /** Where an object's e-mails stand; one field may list several, with semicolons. */
  emailFields: readonly string[]
  /** Our own contacts: nothing has to be imported from there, and a field is there as soon as a rule names it. */
  isOurs?: true
  /**
   * Identity of the account; stops with `crm.credentials` where the credentials are refused.
   * `ownAppId`: who we are in its history, null where it does not tell (then no entry is by 'us').
   */
  account(): Promise<{ accountId: string; timeZone: string; ownAppId: string | null }>
  describe(object: string): Promise<CrmField[]>
  /**
   * What the account allows us, asked now: permissions, limits, edition. What may not be asked is a finding of its own; throws
   * only where the account cannot be reached. A kind without anything to tell leaves it out.
   */
  inspect?(needs: Needs): Promise<Finding[]>
  /** Creates a field, or finds it there; changes none. Twice is safe. Left out where only an admin can. */
  createField?(draft: FieldDraft): Promise<FieldMade>
  /** Current values by asked id; an id that is missing from the result is no record any more. Any number of ids. */
  read(object: string, ids: string[], fields: string[], counts?: CallCounts): Promise<Map<string, Reading>>
  /** How records have ended that a read leaves out, as far as the CRM tells; missing where it tells no more than a read. */
  ends?(object: string, ids: string[]): Promise<GoneRecord[]>
  /**
   * The whole history the CRM keeps of these fields, newest first, by asked id. A field without an entry in the answer
   * has no history there (never set, or history is off).
   */
  history(
    object: string,
    ids: string[],
    fields: string[],
    counts?: CallCounts,
  ): Promise<Map<string, Record<string, HistoryEntry[]>>>
  /** Both at once, where a CRM tells both in one call; counted as history. Left out by the others. */
  readWithHistory?(
    object: string,
    ids: string[],
    fields: string[],
    historyOf: string[],
    counts?: CallCounts,
  ): Promise<{ readings: Map<string, Reading>; histories: Map<string, Record<string, HistoryEntry[]>> }>
  /**
   * Writes each row once; one outcome per row, in the order of the rows, under the id it was given. Never throws for a row or
   * for what passes (rate, outage: `later`); a `stop` is thrown only where nothing has been written yet.
   */
  write(object: string, rows: WriteRow[], counts?: CallCounts): Promise<WriteOutcome[]>
  /**
   * Creates records by the values of a key field (`isKey`), each key once: never two for one, also where it is called again after a
   * lost answer, or by somebody else at the same time. A field that is refused is left out. One outcome per row, in their order.
   * Throws as `write` does. Absent where nothing can be created.
   */
  create?(object: string, keyField: string, rows: readonly CreateRow[], counts?: CallCounts): Promise<CreateOutcome[]>
  /** Conversations as they are logged on records; absent where nothing can be. */
  activities?: Activities
  /** A page of all records in the CRM's own order, behind a cursor or from the start; behind a `seenTo`, of what has changed since. */
  scan(object: string, fields: string[], after: string | null): Promise<ScannedPage>
  /**
   * Records that the CRM's own search finds by one key: a slow way with a tight limit, and what has just changed is not found yet.
   * Too many are possible, as searches are rough: whoever asks compares. Missing where a CRM has none.
   */
  search?(object: string, key: SearchKey, fields: string[]): Promise<ScannedRecord[]>
  /** The value as this field takes it, or why it does not. Pure. */
  encode(field: CrmField, value: Value): { wire: Wire } | { refused: string }
  /** The typed value of what the CRM holds. Pure. */
  decode(field: CrmField, wire: Wire): Value
  /** Whether two wire values are the same to this CRM (type, trim, NFC, line ends, case where it folds, list order). Pure. */
  same(field: CrmField, a: Wire, b: Wire): boolean
}

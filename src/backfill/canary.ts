/** Shares of the canary's contacts beyond which a person decides. */
export type StopAt = {
  /** Another value than before, a value where there was none, or none where there was one. */
  changed: number
  /** No value where there was one. */
  null: number
  /** A value that the transcript does not bear out, or that is none of the item's, where it was not so before. */
  unverified: number
  /** Conversations that could not be analysed. */
  errors: number
}

/** What is not told is as usual. */
type Told<T> = { [Key in keyof T]?: T[Key] | undefined }

export type FieldStopAt = Told<Omit<StopAt, 'errors'>>

/** The first contacts of a backfill, analysed before the others while nothing is released to a CRM. */
export type Canary = {
  contacts: number
  /** Where nothing crosses its threshold. Where something does, a person is asked either way. */
  goOn: 'by_itself' | 'ask'
  stopAt: StopAt
  /** Thresholds of single items, in place of those for all. */
  fields: Record<string, FieldStopAt>
}

export type AskedCanary = { contacts: number } & Partial<Pick<Canary, 'goOn' | 'fields'>> & { stopAt?: Told<StopAt> }

/** Unless told otherwise a person decides, and is told of a tenth. */
const usual: StopAt = { changed: 0.1, null: 0.1, unverified: 0.1, errors: 0.1 }

/** Summaries are worded anew each time: that they differ says nothing. */
const summaries = { call_summary: { changed: 1 }, chat_summary: { changed: 1 } }

export function settleCanary({ contacts, goOn = 'ask', stopAt = {}, fields = {} }: AskedCanary): Canary {
  const {
    changed = usual.changed,
    errors = usual.errors,
    null: none = usual.null,
    unverified = usual.unverified,
  } = stopAt
  return { contacts, goOn, stopAt: { changed, null: none, unverified, errors }, fields: { ...summaries, ...fields } }
}

/** Of `of` contacts, so many. */
export type Rate = { contacts: number; of: number }

export type CanaryRates = {
  contacts: number
  /** Those with a conversation that was analysed before. */
  compared: number
  errors: Rate
  items: { item: string; changed: Rate; null: Rate; unverified: Rate }[]
}

const words = {
  changed: (item: string) => `would change ${item}`,
  null: (item: string) => `would lose ${item}`,
  unverified: (item: string) => `have ${item} unverified or invalid`,
}

/** Every threshold that is crossed, in words, the furthest first. Pure. */
export function crossings({ errors, items }: CanaryRates, { stopAt, fields }: Canary): string[] {
  const crossed = items.flatMap(({ item, ...rates }) => {
    const own = Object.hasOwn(fields, item) ? fields[item] : undefined
    return (['changed', 'null', 'unverified'] as const).map((measure) => {
      return { rate: rates[measure], most: own?.[measure] ?? stopAt[measure], what: words[measure](item) }
    })
  })
  return [...crossed, { rate: errors, most: stopAt.errors, what: 'could not be analysed' }]
    .filter(({ rate, most }) => shareOf(rate) > most)
    .sort((one, other) => shareOf(other.rate) - other.most - (shareOf(one.rate) - one.most))
    .map(({ rate, most, what }) => {
      const share = `${percent(shareOf(rate))}, threshold ${percent(most)}`
      return `${rate.contacts} of ${rate.of} contacts ${what} (${share})`
    })
}

function shareOf({ contacts, of }: Rate): number {
  return of === 0 ? 0 : contacts / of
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

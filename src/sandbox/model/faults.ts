/** Everything that can go wrong with an answer, by switch. */
export const FAULT_KINDS = [
  /** The model declines: `message.refusal`. */
  'refuse',
  /** `finish_reason` content_filter, no content. */
  'filter',
  /** `finish_reason` length, the JSON cut in the middle. */
  'truncate',
  /** Content that is no JSON. */
  'invalid_json',
  /** JSON that breaks the schema: a value outside its enum. */
  'wrong_enum',
  /** JSON that breaks the schema: a field left out. */
  'missing_field',
  /** `choices: []`. */
  'empty',
  /** Content of no characters. */
  'empty_content',
  /** HTTP 200 with an error body, as some proxies send it. */
  'envelope',
  /** Answers `status` (500 unless given); a 429 is a rate limit, with `retry-after` if given. */
  'status',
  /** The 429 of a flex request for which there is no room; befalls no other. */
  'resource_unavailable',
  /** Serves a flex request as any other, and says so. */
  'not_flex',
  /** The 429 that no waiting cures. */
  'insufficient_quota',
  /** Breaks off in the middle of the body. */
  'drop',
  /** Never answers. */
  'hang',
  /** Cites sentences that nobody said. */
  'fabricated_evidence',
  /** Finds nothing at all. */
  'not_mentioned',
  /** Finds texts of no characters, or of spaces. */
  'blank',
  /** Words its answer differently every time. */
  'vary',
  /** Does what a turn tells it. */
  'obey',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

/** What goes wrong with the next `times` requests (1 unless given). */
export type FaultOrder = {
  kind: FaultKind
  times?: number | undefined
  /** Only every nth of the requests it applies to. */
  everyNth?: number | undefined
  /** Only requests whose user message contains this. */
  match?: string | undefined
  status?: number | undefined
  retryAfterSeconds?: number | undefined
}

export type Fault = FaultOrder & { times: number; seen: number }

export function isFaultKind(kind: unknown): kind is FaultKind {
  return FAULT_KINDS.some((known) => known === kind)
}

const FLEX_ONLY: readonly FaultKind[] = ['resource_unavailable', 'not_flex']

/** The oldest fault that is due for this request, used up by one. */
export function takeFault(
  faults: Fault[],
  { userMessage, serviceTier }: { userMessage: string; serviceTier: string },
): Fault | undefined {
  for (const fault of faults) {
    if (FLEX_ONLY.includes(fault.kind) && serviceTier !== 'flex') continue
    if (fault.match !== undefined && !userMessage.includes(fault.match)) continue
    fault.seen += 1
    if (fault.seen % (fault.everyNth ?? 1) !== 0) continue
    fault.times -= 1
    if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1)
    return fault
  }
  return undefined
}

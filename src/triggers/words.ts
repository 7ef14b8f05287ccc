import type { DecisionKind, RunCell } from '../sync/index.ts'
import type { RequestConversation } from './types.ts'

const causes: Record<string, string> = {
  not_connected: 'nobody was reached',
  ongoing: 'it has not ended yet',
  empty: 'nothing was said',
  agent_only: 'only the agent spoke',
  refused: 'the model declined to answer',
  filtered: "the model's content filter stopped it",
  truncated: "the model's answer was cut off",
  invalid: "the model's answer could not be read",
  transport: 'the model could not be reached',
}

/** What became of a field, in the words of somebody who looks at the record; the order is that of the sentence. */
const endings: { words: string; decisions: DecisionKind[] }[] = [
  { words: 'already right', decisions: ['equal'] },
  { words: 'left as set in the CRM', decisions: ['kept_edit', 'kept_existing'] },
  { words: 'decided by another conversation', decisions: ['superseded', 'filled_earlier'] },
  { words: 'not asked for or not said', decisions: ['nothing_said', 'silent', 'not_translated'] },
  { words: 'refused by the CRM', decisions: ['rejected'] },
  { words: 'left to a workflow that keeps changing it', decisions: ['contested'] },
  { words: 'only watched, as the mapping says', decisions: ['observed'] },
  { words: 'waiting', decisions: ['held', 'no_record', 'ambiguous'] },
]

/** What a rerun came to, in sentences for a user of the CRM. Holds no value and no name. Pure. */
export function describeRerun(found: {
  conversations: RequestConversation[]
  cells: RunCell[]
  leftOut: number
}): string {
  const { conversations, cells, leftOut } = found
  const ok = conversations.filter((each) => each.outcome === 'ok')
  const others = conversations.filter((each) => each.outcome !== 'ok')
  return [
    ok.length > 0
      ? `Reran ${count(ok.length, 'conversation')} (${datesOf(ok)}): ${fieldsOf(cells)}.`
      : 'Reran no conversation.',
    ...[...Map.groupBy(others, causeOf)].map(
      ([cause, those]) => `${count(those.length, 'conversation')} not rerun: ${cause}.`,
    ),
    ...(leftOut > 0 ? [`${count(leftOut, 'older conversation')} left out: no more were asked for at once.`] : []),
  ].join(' ')
}

function causeOf({ outcome, reason }: RequestConversation): string {
  if (outcome === null) return 'not taken up'
  return causes[outcome] ?? causes[reason ?? ''] ?? reason ?? outcome
}

function fieldsOf(cells: RunCell[]): string {
  const changed = cells.filter(isChanged).length
  const others = cells.filter((cell) => !isChanged(cell)).map((cell) => cell.decision.decision)
  const parts = [
    { words: 'changed', cellCount: changed },
    ...endings.map(({ words, decisions }) => ({
      words,
      cellCount: others.filter((decision) => decisions.includes(decision)).length,
    })),
  ].filter(({ cellCount }) => cellCount > 0)
  if (parts.length === 0) return 'no field was written'
  return parts
    .map(({ words, cellCount }, place) => `${place === 0 ? count(cellCount, 'field') : cellCount} ${words}`)
    .join(', ')
}

/** Written, also where a crash hid it from the decision: that then says `equal`, and before and after tell. */
function isChanged({ before, after, decision }: RunCell): boolean {
  return before !== after || decision.decision === 'write' || decision.decision === 'retract'
}

function datesOf(newestFirst: RequestConversation[]): string {
  const newest = newestFirst[0]
  const oldest = newestFirst.at(-1)
  if (!newest || !oldest) return ''
  if (newest === oldest) return `${newest.kind} of ${dayOf(newest.spokenAt)}`
  const [first, last] = [dayOf(oldest.spokenAt), dayOf(newest.spokenAt)]
  return first === last ? first : `${first} to ${last}`
}

const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

function dayOf(date: Date): string {
  return days.format(date)
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

import type { MatchPage, OpenMatch } from '../../sync/index.ts'
import { plain } from './table.ts'
import { count } from './words.ts'

/** Conversations without a record, each with what it may belong to and how to say so. */
export function showMatches({ items, next }: MatchPage): string {
  if (items.length === 0) return 'Every conversation has its record.'
  const lines = items.flatMap((match) => [headOf(match), ...match.candidates.flatMap(candidateLines)])
  const parked = items.find((match) => match.state === 'parked')
  if (parked) {
    const [first] = parked.candidates
    lines.push(
      '',
      `To say whose one is:  afterword match resolve ${parked.conversationId} --record ${first?.record ?? 'ID'} --reason '…'`,
    )
  }
  if (next !== null) lines.push('', `There are more:  --after ${next}`)
  return lines.join('\n')
}

function headOf({ conversationId, kind, spokenAt, number, mapping, state, step, since, waiting }: OpenMatch): string {
  const what = [
    state === 'parked'
      ? `parked by ${step} since ${day(since)}`
      : step === 'person'
        ? 'said to be nobody’s'
        : 'no record',
    `${count(waiting, 'contribution')} waiting`,
    `mapping ${mapping}`,
  ]
  const who = number === null ? '' : `, ${number}`
  return `${plain(conversationId)}  ${kind} of ${day(spokenAt)}${who}\n    ${what.join(' · ')}`
}

function candidateLines({ record, name, emails, keys }: OpenMatch['candidates'][number]): string[] {
  const held = keys.map(({ kind, property, from, to }) => {
    const since = from === null ? 'as long as we know' : `since ${day(from)}`
    return `      ${kind === property ? kind : `${kind} in ${property}`}, ${since}${to === null ? '' : ` until ${day(to)}`}`
  })
  const who = [name, ...emails].filter((part) => part !== null).map(plain)
  return [`    → ${[record, ...who].join('  ')}`, ...held]
}

function day(time: string): string {
  return time.slice(0, 10)
}

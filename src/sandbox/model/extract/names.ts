import { cite, type Finding } from './evidence.ts'
import { questionAbout } from './relevance.ts'
import { capitalised, withoutGreeting } from './sentences.ts'
import type { Transcript, Turn } from './transcript.ts'
import type { WireItem } from './wire-item.ts'
import { isContent, wordsOf } from './words.ts'

type Named = { value: string; turn: Turn; at: number }

// After these a name follows however it is written; after the others only with a capital letter.
const SURE_LEAD = /\b(?:my (?:full |first |last )?name(?:['’]s| is)|name is|under the name(?: of)?|call me)\s+/gi
const LIKELY_LEAD = /\b(?:this is|i['’]m|i am|it['’]s|it is|under)\s+/gi
const AFTERWARDS = /^(\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?) (?:here|speaking)\b/u
const CAPITAL_NAME = /^\p{Lu}[\p{L}'’-]+(?: (?:de |van |von )?\p{Lu}[\p{L}'’-]+){0,2}/u
const COMPANY =
  /\b(?:from|at|with|(?:work(?:ing)?|calling) for|called|company is|representing|behalf of) (\p{Lu}[\p{L}\p{N}&'’-]+(?: (?:(?:of|and|&) )?\p{Lu}[\p{L}\p{N}&'’-]+){0,3})/gu
const OTHERS_NAME = /\b(?:pet|maiden|mother|doctor|hotel|company|venue|restaurant)\b/i
const NO_NAME =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:january|february|march|april|may|june|july|august|september|october|november|december)|yes|no|sure|sorry|fine|good|great|hello|thanks|ok|okay|calling|looking|trying|the|my|just|not|interested|[ap]m)\b/i

/** The name a user gives for themselves, or in answer to a question about a name; the last one counts. */
export function findPerson(item: WireItem, transcript: Transcript): Finding | undefined {
  const sure = transcript.userTurns.flatMap((turn) => [...answered(turn, item), ...after(SURE_LEAD, turn, true)])
  const likely = () => transcript.userTurns.flatMap((turn) => [...after(LIKELY_LEAD, turn, false), ...before(turn)])
  const named = sure.at(-1) ?? likely().at(-1)
  return named && { value: capitalisedName(named.value), evidence: [cite(named.turn, named.at)] }
}

/** The first company a user says they are from, at or with. */
export function findCompany(transcript: Transcript): Finding | undefined {
  for (const turn of transcript.userTurns) {
    for (const match of turn.text.matchAll(COMPANY)) {
      const name = match[1] ?? ''
      if (!NO_NAME.test(name)) return { value: name, evidence: [cite(turn, match.index)] }
    }
  }
  return undefined
}

function after(lead: RegExp, turn: Turn, isSure: boolean): Named[] {
  return Array.from(turn.text.matchAll(lead)).flatMap((match) => {
    const at = match.index + match[0].length
    const value = nameAt(turn.text.slice(at), isSure)
    return value === undefined ? [] : [{ value, turn, at }]
  })
}

function before(turn: Turn): Named[] {
  const text = withoutGreeting(turn.text)
  const value = AFTERWARDS.exec(text)?.[1]
  return value === undefined ? [] : [{ value, turn, at: turn.text.length - text.length }]
}

function answered(turn: Turn, item: WireItem): Named[] {
  const question = turn.question
  if (!question?.stems.has('name') || questionAbout(turn, item) === 0 || OTHERS_NAME.test(question.text)) return []
  const text = withoutGreeting(turn.text).replace(/^(?:it['’]s|i['’]m|i am|this is) /i, '')
  const value = nameAt(text, wordsOf(text).length <= 3)
  return value === undefined ? [] : [{ value, turn, at: turn.text.length - text.length }]
}

function nameAt(text: string, takesSmallLetters: boolean): string | undefined {
  const name = CAPITAL_NAME.exec(text)?.[0] ?? (takesSmallLetters ? smallName(text) : undefined)
  const [first] = wordsOf(name ?? '')
  return name === undefined || first === undefined || !isContent(first) || NO_NAME.test(name) ? undefined : name
}

function smallName(text: string): string | undefined {
  const clause = /^[\p{L}'’ -]{1,60}/u.exec(text)?.[0] ?? ''
  const words = wordsOf(clause)
  const end = words.findIndex((word) => !isContent(word))
  const names = words.slice(0, end < 0 ? 2 : Math.min(end, 2)).map((word) => word.text)
  return names.length === 0 ? undefined : names.join(' ')
}

function capitalisedName(name: string): string {
  return name === name.toLowerCase() ? name.split(' ').map(capitalised).join(' ') : name
}

import { cite, type Finding } from './evidence.ts'
import { aboutness } from './relevance.ts'
import { sentencesOf } from './sentences.ts'
import type { Transcript, Turn } from './transcript.ts'
import type { WireItem } from './wire-item.ts'
import { hits, wordsOf } from './words.ts'

const YES =
  /^\W*(?:(?:oh|ah|um|well)\W+)*(?:yes|yeah|yep|yup|ya|sure|correct|right|exactly|absolutely|definitely|of course|certainly|please|i do|i have|i am|we do|we have|we are)\b/i
const NO = /^\W*(?:(?:oh|ah|um|well)\W+)*(?:no|nope|nah|not|never|i don['’]t|i haven['’]t|we don['’]t|we haven['’]t)\b/i
const NEGATION =
  /\b(?:not|no|never|none|without|neither|nobody|cannot|\p{L}+n['’]t|dont|doesnt|havent|isnt|wont|cant)\b/iu

/** Whether the user last affirmed or denied what the item is about. */
export function findYesNo(item: WireItem, transcript: Transcript): Finding | undefined {
  for (const turn of transcript.userTurns.toReversed()) {
    const answered = answerTo(turn, item)
    if (answered !== undefined) return { value: answered, evidence: [cite(turn)] }
    const sentence = sentencesOf(turn.text).findLast(({ text }) => isAbout(stemsOf(text), item))
    if (sentence && !sentence.text.endsWith('?')) {
      return { value: !NEGATION.test(sentence.text), evidence: [cite(turn, sentence.at)] }
    }
  }
  return undefined
}

function answerTo(turn: Turn, item: WireItem): boolean | undefined {
  if (turn.question === undefined || !isAbout(turn.question.stems, item)) return undefined
  if (NO.test(turn.text)) return false
  return YES.test(turn.text) ? true : undefined
}

function isAbout(stems: ReadonlySet<string>, item: WireItem): boolean {
  const named = hits(item.nameStems, stems)
  return (named > 0 && named >= item.nameStems.size / 2) || aboutness(stems, item) >= 3
}

function stemsOf(text: string): Set<string> {
  return new Set(wordsOf(text).map((word) => word.stem))
}

import { cite, type Finding } from './evidence.ts'
import { aboutness } from './relevance.ts'
import { sentencesOf } from './sentences.ts'
import type { Transcript } from './transcript.ts'
import type { WireItem } from './wire-item.ts'
import { contentStems } from './words.ts'

// "My hobbies are chess, running and tea." / "Our offices include Berlin and Rome."
const LISTED = /\b(?:my|our|the) ([\p{L}' -]{1,60}?) (?:are|include|would be) ([^?]{1,400})/iu
const BETWEEN = /\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+/i

/** What the user last counted up for the item, one entry for each thing between commas and "and". */
export function findEnumeration(item: WireItem, transcript: Transcript): Finding | undefined {
  for (const turn of transcript.userTurns.toReversed()) {
    for (const { text, at } of sentencesOf(turn.text).toReversed()) {
      const [, subject = '', listed = ''] = LISTED.exec(text) ?? []
      if (aboutness(contentStems(subject), item) === 0) continue
      const value = listed.split(BETWEEN).map((entry) => entry.replaceAll(/^[\s"“]+|[\s"”.!;]+$/g, ''))
      return { value: value.filter((entry) => entry !== ''), evidence: [cite(turn, at)] }
    }
  }
  return undefined
}

import { withoutGreeting } from './sentences.ts'

const LEADS: readonly (readonly [RegExp, string])[] = [
  [/^(?:i|we)(?:['’]d| would) (?:like|love) to /i, 'wants to '],
  [/^(?:i|we) (?:want(?:ed)?|need(?:ed)?|wish|hope|am trying|am hoping|am calling|am looking) to /i, 'wants to '],
  [/^(?:i['’]?m|we['’]?re|we are) (?:trying|hoping|calling|looking) to /i, 'wants to '],
  [/^(?:i|we) (?:wanna|gotta) /i, 'wants to '],
  [/^(?:i['’]?m|i am) (?:calling|writing|phoning) (?:you )?(?:about|because of|regarding) /i, 'calls about '],
  [/^(?:(?:i['’]?m|i am|we['’]?re|we are) )?looking for /i, 'is looking for '],
  [/^(?:i|we)(?:['’]d like| would like| want| need) /i, 'wants '],
  [/^(?:can|could|would|will) you (?:please )?help me (?:to )?/i, 'wants to '],
  [/^(?:can|could|would|will) you (?:please )?/i, 'asks the agent to '],
  [/^(?:can|could|may) (?:i|we) (?:please )?/i, 'wants to '],
]

/** What a sentence of the user is after: without greeting and lead-in ("I'd like to"), and how to report it. */
export function intentOf(sentence: string): { verb: string; rest: string } | undefined {
  const bare = withoutGreeting(sentence).replaceAll(/\s+/g, ' ')
  for (const [lead, verb] of LEADS) {
    if (lead.test(bare)) return { verb, rest: bare.replace(lead, '') }
  }
  return undefined
}

/** A sentence of the user in the third person: "The caller wants to view their flat on Sunday." */
export function reported(sentence: string, who: string): string {
  const intent = intentOf(sentence)
  const bare = withoutGreeting(sentence).replace(/[.!\s]+$/, '')
  if (intent === undefined) return `The ${who} says: “${bare}”.`
  return `The ${who} ${intent.verb}${inThirdPerson(intent.rest.replace(/[.!?\s]+$/, ''))}.`
}

function inThirdPerson(text: string): string {
  return text
    .replace(/\b(?:my|our)\b/gi, 'their')
    .replace(/\bmyself\b/gi, 'themselves')
    .replace(/\b(?:me|us)\b/gi, 'them')
    .replace(/\b(?:I['’]m|I am|we['’]re|we are)\b/g, 'they are')
    .replace(/\b(?:I|we)\b/g, 'they')
}

/** One word of a turn: as written, its stem, and where it starts in the text. */
export type Word = { text: string; stem: string; at: number }

const WORD = /\p{L}+(?:['’]\p{L}+)*|\p{N}+/gu

const STOP_WORDS = new Set(
  `a about after all also am an and any anything are as at back be been but by can could did do does for from get give go
  going got had has have he hello help her here hey hi him his how i if in into is it its just know let like make may me
  might more much my need no not now of off oh ok okay on one only or other our out please really right said say says she
  should so some something sure thank thanks that the their them then there these they thing this those to too true up us
  very want was we well were what when where whether which while who whose why will with would yes yeah yet you your false
  it's i'm i'd i'll i've don't didn't can't that's what's isn't doesn't
  ask asked call called caller chat client conversation customer agent user extract field give given provide return short
  state summarise summarize summary transcript write mention mentioned based item number few word words sentence sentences`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** Words that a support or sales call uses for one another; the first of a line stands for all. */
const SYNONYMS = [
  'price cost amount budget value spend worth',
  'person people guest attendee seat',
  'book reserve reservation booking',
  'search find look',
  'ride taxi cab uber lyft',
  'flight plane fly',
  'pay paid payment',
  'issue problem trouble complaint',
  'company firm organisation organization business employer',
  'email mail',
  'birth born birthday',
  'billing bill invoice charge',
  'cancellation cancel',
  'id identifier',
  'timeline deadline timeframe',
  'arrive arrival arriving',
  'leave leaving departure depart',
  'plan planning organise organize host',
]

const representative = new Map(
  SYNONYMS.flatMap((line) => {
    const stems = line.split(' ').map(cutSuffix)
    return stems.map((stem) => [stem, stems[0] ?? stem] as const)
  }),
)

/** The stem of a word: lower case, without the usual English endings, synonyms folded together. */
export function stemOf(word: string): string {
  const stem = cutSuffix(word.toLowerCase().replaceAll('’', "'"))
  return representative.get(stem) ?? stem
}

function cutSuffix(word: string): string {
  let stem = word.replace(/'s$/, '')
  if (stem.length > 4) stem = stem.replace(/ies$/, 'y')
  if (stem.length > 3) stem = stem.replace(/(?<!s|u)s$/, '')
  if (stem.length > 5) stem = stem.replace(/(?:ing|ed)$/, '')
  if (stem.length > 4) stem = stem.replace(/e$/, '').replace(/([b-df-hj-np-rtv-z])\1$/, '$1')
  return stem
}

/** The words of a text in order; "3pm" is two of them. */
export function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(WORD), (match) => ({
    text: match[0],
    stem: stemOf(match[0]),
    at: match.index,
  }))
}

/** Whether a word carries meaning of its own, rather than holding a sentence or a prompt together. */
export function isContent(word: Word): boolean {
  if (word.text.length < 2) return false
  return !STOP_WORDS.has(word.stem) && !STOP_WORDS.has(word.text.toLowerCase().replaceAll('’', "'"))
}

/** The stems of the words of a text that carry meaning. */
export function contentStems(text: string): Set<string> {
  return new Set(
    wordsOf(text)
      .filter(isContent)
      .map((word) => word.stem),
  )
}

/** How many of the wanted stems are there. */
export function hits(wanted: ReadonlySet<string>, there: ReadonlySet<string>): number {
  let count = 0
  for (const stem of wanted) if (there.has(stem)) count += 1
  return count
}

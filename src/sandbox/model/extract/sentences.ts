/** A piece of a text and where it starts. */
export type Sentence = { text: string; at: number }

const END = /[.!?]+(?=\s|$)|\n+/g
const ABBREVIATION = /\b(?:dr|mr|mrs|ms|st|no|inc|co|ltd|e\.g|i\.e)$/i

/** The sentences of a text, trimmed, in order; "Dr. Johnson" stays whole. */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = []
  let start = 0
  const cut = (end: number) => {
    const piece = text.slice(start, end)
    const trimmed = piece.trim()
    if (trimmed !== '') sentences.push({ text: trimmed, at: start + piece.indexOf(trimmed) })
    start = end
  }
  for (const match of text.matchAll(END)) {
    if (match[0] === '.' && ABBREVIATION.test(text.slice(Math.max(0, match.index - 4), match.index))) continue
    cut(match.index + match[0].length)
  }
  cut(text.length)
  return sentences
}

const GREETING =
  /^(?:(?:hi|hello|hey|yo|ok|okay|yes|yeah|well|so|um|uh|oh|sure|good (?:morning|afternoon|evening))(?: there)?(?:[,.!-]+ *| +))+/i

/** A sentence without the greeting or filler it opens with; of nothing else, the sentence itself. */
export function withoutGreeting(sentence: string): string {
  const rest = sentence.replace(GREETING, '')
  return rest === '' ? sentence : rest
}

/** The first `count` words of a text, without a dangling comma. */
export function firstWords(text: string, count: number): string {
  const words = text.split(/\s+/)
  return words.length <= count
    ? text
    : words
        .slice(0, count)
        .join(' ')
        .replace(/[,;:–-]+$/, '')
}

/** The text with a capital first letter. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What a terminal shows in one line without anybody having to widen it. */
const width = 100

/** A text in lines of at most 100 columns: the first behind `first`, the others deeper. A longer word stays whole. */
export function block(text: string, first = '  ', others = `${' '.repeat(first.length)}    `): string[] {
  return wrapped(text.split(' '), { first, others, end: '' })
}

/** A command to copy, over several lines where it is long: a shell reads them as one. */
export function command(text: string): string[] {
  return wrapped(text.split(' '), { first: '    ', others: '      ', end: ' \\' })
}

function wrapped(words: string[], { first, others, end }: { first: string; others: string; end: string }): string[] {
  const lines: string[] = []
  let line = first + (words[0] ?? '')
  for (const word of words.slice(1)) {
    if ([...line].length + 1 + [...word].length + end.length <= width) line += ` ${word}`
    else {
      lines.push(line + end)
      line = others + word
    }
  }
  return [...lines, line].map((each) => each.trimEnd())
}

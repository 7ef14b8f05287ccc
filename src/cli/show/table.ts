/**
 * Rows as columns of plain text, each as wide as its widest cell but never wider than `widest`; what does not fit is cut
 * with an ellipsis. Cells hold CRM values and transcripts: control characters are taken out, so none can steer a terminal.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], widest = 44): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => shorten(plain(cell), widest)))
  const widths = head.map((_, column) => Math.max(...lines.map((row) => length(row[column] ?? ''))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - length(cell)))
      .join('  ')
      .trimEnd()
  const [first = [], ...rest] = lines
  return [line(first), widths.map((width) => '─'.repeat(width)).join('  '), ...rest.map(line)].join('\n')
}

/** One line of visible text. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
}

function shorten(text: string, widest: number): string {
  return length(text) <= widest
    ? text
    : `${[...text]
        .slice(0, widest - 1)
        .join('')
        .trimEnd()}…`
}

function length(text: string): number {
  return [...text].length
}

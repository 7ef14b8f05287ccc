/** What a table shows of one cell; all of it is in the CSV and the JSON. */
const longest = 160

/**
 * A text as Markdown shows it, in one line: nothing of it is markup, HTML, a link or an end of a table's cell. It may be what a
 * contact has said or a CRM holds.
 */
export function inMarkdown(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  const characters = [...line]
  const shown =
    characters.length <= longest
      ? line
      : `${characters
          .slice(0, longest - 1)
          .join('')
          .trimEnd()}…`
  return shown
    .replaceAll(/[\\`*_{}[\]()<>#+!|~$@^]/g, '\\$&')
    .replaceAll('://', '\\://')
    .replaceAll('&', '&amp;')
    .replaceAll(/www\./gi, (www) => `${www.slice(0, 3)}\\.`)
}

/** A table; every cell is made harmless. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(head.map(inMarkdown)),
    line(head.map(() => '---')),
    ...rows.map((row) => line(row.map((cell) => inMarkdown(String(cell))))),
  ].join('\n')
}

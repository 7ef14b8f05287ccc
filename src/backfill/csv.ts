/**
 * Rows as CSV (RFC 4180). Cells hold what contacts have said and CRMs hold: one that a spreadsheet would read as a formula gets an
 * apostrophe before it, which spreadsheets do not show; numbers of ours go as they are.
 */
export function toCsv(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

/** Also behind blanks and in their full-width form, as some spreadsheets read them. */
const formula = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u

function csvCell(value: string | number | null): string {
  if (typeof value === 'number') return String(value)
  const text = (value ?? '').replaceAll('\0', '')
  const safe = formula.test(text) ? `'${text}` : text
  return /[",;\r\n\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

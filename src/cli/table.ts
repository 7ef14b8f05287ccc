/** Rows as columns that line up, two blanks between them. Pure. */
export function formatTable(rows: string[][]): string {
  const widths = rows.reduce<number[]>((most, row) => {
    for (const [column, cell] of row.entries()) most[column] = Math.max(most[column] ?? 0, cell.length)
    return most
  }, [])
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `equal 12, write 3`, the most frequent first; `none` where there is nothing to count. Pure. */
export function formatCounts(counts: Record<string, number>): string {
  const entries = Object.entries(counts).filter(([, count]) => count > 0)
  const ordered = entries.sort(([a, most], [b, least]) => least - most || (a < b ? -1 : 1))
  return ordered.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
}

export function formatUsd(usd: number): string {
  return `$${usd.toFixed(usd < 1 ? 4 : 2)}`
}

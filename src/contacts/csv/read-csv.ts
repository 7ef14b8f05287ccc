import { Readable } from 'node:stream'
import { type CsvError, type Options, parse } from 'csv-parse'
import { parse as parseNow } from 'csv-parse/sync'

export type CsvHead = { delimiter: string; headers: string[] }

const delimiters = [',', ';', '\t', '|']

/** What is the same however a file is read: a quote inside a cell is one, rows may be short or long, line ends are any. */
const lenient = {
  bom: true,
  relax_quotes: true,
  relax_column_count: true,
  skip_empty_lines: true,
  // Whoever forgot the closing quote would have the rest of the file in one cell.
  max_record_size: 1024 * 1024,
} satisfies Options

/** The first row of a file out of its beginning, and what separates its cells: that which makes the most of them. Pure. */
export function readHead(beginning: string): CsvHead {
  const heads = delimiters.map((delimiter): CsvHead => {
    const rows: unknown = parseNow(beginning, { ...lenient, delimiter, to: 1, skip_records_with_error: true })
    const [row] = Array.isArray(rows) ? rows : []
    return { delimiter, headers: Array.isArray(row) ? row.map((cell) => String(cell).trim()) : [] }
  })
  return heads.reduce((best, head) => (head.headers.length > best.headers.length ? head : best))
}

/** A row, or why there is none; `line`: the last one that it takes up, from 1. */
export type CsvRow = { line: number; cells: string[] } | { line: number; problem: string }

/** The rows behind the first, in order, with a few of them in memory however many there are. */
export async function* readRows(bytes: AsyncIterable<Buffer>, { delimiter }: CsvHead): AsyncGenerator<CsvRow> {
  const broken: CsvRow[] = []
  const parser = parse({
    ...lenient,
    delimiter,
    from: 2,
    info: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      const line = error && 'lines' in error && typeof error.lines === 'number' ? error.lines : 1
      broken.push({ line, problem: 'the row cannot be read: look at its quotes' })
      return undefined
    },
  })
  const source = Readable.from(bytes)
  source.on('error', (error) => parser.destroy(error))
  for await (const row of source.pipe(parser)) {
    const { info, record } = row as { info: { lines: number }; record: string[] }
    yield* broken.splice(0)
    yield { line: info.lines, cells: record }
  }
  yield* broken.splice(0)
}

/**
 * What a cell means: spreadsheets guard text from being read as a formula by an apostrophe before it, or write `="0123"` so that zeros
 * stay. Anything else is text, also what looks like a formula: nothing is ever computed. Pure.
 */
export function cellText(cell: string | undefined): string {
  const text = (cell ?? '').trim()
  const [, inner] = /^="([^"]*)"$/.exec(text) ?? []
  if (inner !== undefined) return inner.trim()
  return /^'[\s=+\-@＝＋－＠]/u.test(text) ? text.slice(1).trim() : text
}

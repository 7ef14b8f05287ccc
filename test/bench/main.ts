import { readdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { describeFigure, type Figure, misses } from './figures.ts'

/** What each file in `benches` exports; its file name is the name of the bench. */
type Bench = { measure(): Promise<Figure[]> }

const folder = path.join(import.meta.dirname, 'benches')
const names = readdirSync(folder).map((file) => path.basename(file, '.ts'))

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } })
  const [name = ''] = positionals
  if (!names.includes(name)) {
    process.stderr.write(
      `npm run bench -- NAME [--json], where NAME is one of:\n${names.map((known) => `  ${known}\n`).join('')}`,
    )
    return 1
  }
  const bench: Bench = await import(path.join(folder, `${name}.ts`))
  const figures = await bench.measure()
  const lines = values.json ? [JSON.stringify(figures, null, 2)] : figures.map(describeFigure)
  process.stdout.write(`${lines.join('\n')}\n`)
  return figures.some(misses) ? 1 : 0
}

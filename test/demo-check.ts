import { readFileSync } from 'node:fs'
import { z } from 'zod'

// Holds what the demo told about itself against what the sandbox CRMs really contain: node test/demo-check.ts REPORT
const value = z.union([z.string(), z.number(), z.boolean(), z.null()])
const values = z.record(z.string(), value)
const reportSchema = z.object({
  cells: z.array(
    z.object({ connection: z.string(), record: z.string(), field: z.string(), before: value, after: value }),
  ),
  sandbox: z.object({
    main: z.object({ contacts: z.array(z.object({ id: z.string(), properties: values })) }),
    salesforce: z.object({ records: z.object({ Contact: z.array(z.object({ id: z.string(), values })) }) }),
  }),
})

const [file = ''] = process.argv.slice(2)
const { cells, sandbox } = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
const records = new Map<string, z.infer<typeof values>>()
for (const { id, properties } of sandbox.main.contacts) records.set(`main ${id}`, properties)
for (const { id, values: held } of sandbox.salesforce.records.Contact) records.set(`salesforce ${id}`, held)

const wrong = cells.flatMap(({ connection, record, field, after }) => {
  const told = asText(after)
  const found = asText(records.get(`${connection} ${record}`)?.[field] ?? null)
  return told === found
    ? []
    : [`${connection} ${record}.${field}: the demo says ${quote(told)}, the sandbox holds ${quote(found)}`]
})
for (const connection of ['main', 'salesforce']) {
  const own = cells.filter((cell) => cell.connection === connection)
  const changed = own.filter(({ before, after }) => asText(before) !== asText(after))
  if (changed.length === 0) wrong.push(`the demo changed nothing in ${connection}`)
  process.stdout.write(`${connection}: ${own.length} cells held against the sandbox, ${changed.length} changed\n`)
}
for (const line of wrong) process.stdout.write(`${line}\n`)
process.exitCode = wrong.length === 0 ? 0 : 1

/** An empty field is none, and an instant is the same with or without its zone written out. */
function asText(told: z.infer<typeof value>): string {
  return told === null ? '' : String(told).replace(/\+0000$/, 'Z')
}

function quote(text: string): string {
  return JSON.stringify(text)
}

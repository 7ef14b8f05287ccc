import { readFileSync } from 'node:fs'
import { z } from 'zod'

// Holds what the demo told about itself against what the sandbox CRM really contains: node test/demo-check.ts REPORT
const value = z.union([z.string(), z.number(), z.boolean(), z.null()])
const reportSchema = z.object({
  cells: z.array(z.object({ record: z.string(), field: z.string(), before: value, after: value })),
  sandbox: z.object({ contacts: z.array(z.object({ id: z.string(), properties: z.record(z.string(), z.string()) })) }),
})

const [file = ''] = process.argv.slice(2)
const { cells, sandbox } = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
const contacts = new Map(sandbox.contacts.map((contact) => [contact.id, contact.properties]))

const wrong = cells.flatMap(({ record, field, after }) => {
  const told = asProperty(after)
  const found = contacts.get(record)?.[field] ?? ''
  return told === found ? [] : [`${record}.${field}: the demo says ${quote(told)}, the sandbox holds ${quote(found)}`]
})
const changed = cells.filter(({ before, after }) => asProperty(before) !== asProperty(after))
if (changed.length === 0) wrong.push('the demo changed nothing')

process.stdout.write(`${cells.length} cells held against the sandbox, ${changed.length} of them changed by the demo\n`)
for (const line of wrong) process.stdout.write(`${line}\n`)
process.exitCode = wrong.length === 0 ? 0 : 1

/** A property is a text in HubSpot, and an empty one is none. */
function asProperty(told: z.infer<typeof value>): string {
  return told === null ? '' : String(told)
}

function quote(text: string): string {
  return JSON.stringify(text)
}

import { basename, extname } from 'node:path'
import type { z } from 'zod'
import type { fileSchema } from './file-schema.ts'
import { ruleHash, sha256 } from './rule-hash.ts'
import type { ruleSchema } from './rule-schema.ts'
import type { Mapping, Rule } from './types.ts'

type Origin = { path: string; text: string; lineOf: (ruleIndex: number) => number }

/** A checked file as the rest of the house knows it: names in camel case, defaults filled in, rules with their versions. */
export function toMapping(file: z.output<typeof fileSchema>, { path, text, lineOf }: Origin): Mapping {
  const name = basename(path, extname(path))
  const agents = file.agents ?? null
  const shared = { mapping: name, connection: file.connection, object: file.object, agents }
  return {
    name,
    path,
    fileHash: sha256(text),
    text,
    crm: file.crm,
    connection: file.connection,
    object: file.object,
    agents,
    write: file.write,
    match: file.match,
    ambiguous: file.ambiguous,
    defaultCountry: file.default_country,
    import: file.import,
    rules: file.fields.map((line, index) => withHash({ ...shared, ...toRule(line), line: lineOf(index) })),
  }
}

type FieldLine = Omit<Rule, 'hash' | 'mapping' | 'connection' | 'object' | 'agents' | 'line'>

function toRule(line: z.output<typeof ruleSchema>): FieldLine {
  return {
    field: line.to,
    contactField: line.field ?? line.from[0]?.replace(/^\$/, '') ?? line.to,
    from: line.from,
    mode: line.mode,
    existing: line.existing,
    humanEdits: line.human_edits,
    others: line.others,
    retract: line.retract,
    unverified: line.unverified,
    values: line.values ?? null,
    when: line.when ?? null,
    maxLength: line.max_length ?? null,
    ...(line.instructions === undefined ? {} : { instructions: line.instructions }),
  }
}

function withHash(rule: Omit<Rule, 'hash'>): Rule {
  return { ...rule, hash: ruleHash(rule) }
}

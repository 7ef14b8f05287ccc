import { basename, extname } from 'node:path'
import type { z } from 'zod'
import type { creationSchema } from './creation-schema.ts'
import type { fileSchema } from './file-schema.ts'
import { templateNames } from './read-template.ts'
import { ruleHash, sha256 } from './rule-hash.ts'
import type { ruleSchema } from './rule-schema.ts'
import type { Creation, Mapping, Rule } from './types.ts'

type Origin = { path: string; text: string; lineOf: (ruleIndex: number) => number }

/** A checked file as the rest of the house knows it: names in camel case, defaults filled in, rules with their versions. */
export function toMapping(file: z.output<typeof fileSchema>, { path, text, lineOf }: Origin): Mapping {
  const name = mappingName(path)
  const agents = file.agents ?? null
  const { owner, description } = file
  const shared = { mapping: name, connection: file.connection, object: file.object, agents, ...given({ owner }) }
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
    match: file.match ?? [{ by: 'contact', of: ['contact'] }],
    ambiguous: file.ambiguous,
    defaultCountry: file.default_country,
    import: file.import,
    ...given({
      activity: file.activity,
      owner,
      description,
      create: toCreation(file),
      customFields: file.custom_fields?.map(({ name, type, ...rest }) => ({ name, type, ...given(rest) })),
    }),
    rules: file.fields.map((line, index) => withHash({ ...shared, ...toFieldLine(line), line: lineOf(index) })),
  }
}

function toCreation({ missing, match = [] }: z.output<typeof fileSchema>): Creation | undefined {
  if (missing === 'skip') return undefined
  const steps = match.map((step) => step.by)
  return { values: missing.create, key: missing.key, by: keyKind(missing, steps) }
}

/** What the key of a creation holds, where its file's steps of `match` are these. */
export function keyKind({ by }: z.output<typeof creationSchema>, steps: readonly string[]): Creation['by'] {
  return by ?? (steps.includes('number') || !steps.includes('email') ? 'number' : 'email')
}

/** What a mapping is called: as its file. */
export function mappingName(path: string): string {
  return basename(path, extname(path))
}

/** What a field line says by itself, wherever it stands. */
export type FieldLine = Omit<Rule, 'hash' | 'mapping' | 'connection' | 'object' | 'agents' | 'line'>

export function toFieldLine(line: z.output<typeof ruleSchema>): FieldLine {
  const { template, format, formats, default: other, owner, description, type, options, instructions } = line
  const from = line.from ?? [...new Set(templateNames(template ?? '').flat())]
  return {
    field: line.to,
    contactField: line.field ?? line.from?.[0]?.replace(/^\$/, '') ?? line.to,
    from,
    ...given({ template, format, formats, default: other }),
    mode: line.mode,
    existing: line.existing,
    humanEdits: line.human_edits,
    others: line.others,
    retract: line.retract,
    unverified: line.unverified,
    values: line.values ?? null,
    when: line.when ?? null,
    maxLength: line.max_length ?? null,
    ...given({ stamp: line.stamp, type, options, instructions, owner, description }),
  }
}

type Given<Keys> = { [Key in keyof Keys]?: Exclude<Keys[Key], undefined> }

/** Only the keys that the file has: what is not used is absent, see `Rule`. */
function given<Keys extends object>(keys: Keys): Given<Keys> {
  const entries = Object.entries(keys).filter(([, value]) => value !== undefined)
  // The same keys, less those without a value.
  return Object.fromEntries(entries) as Given<Keys>
}

function withHash(rule: Omit<Rule, 'hash'>): Rule {
  return { ...rule, hash: ruleHash(rule) }
}

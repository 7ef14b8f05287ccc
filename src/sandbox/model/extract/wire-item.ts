import { asObject, asText, asTexts, type JsonObject } from '../../json.ts'
import { branchesOf, propertyOf, typesOf } from './wire-schema.ts'
import { contentStems } from './words.ts'

export type ItemKind = 'text' | 'number' | 'boolean' | 'choice' | 'list' | 'date' | 'datetime'

/** One item to answer, read back from the JSON Schema of its property. */
export type WireItem = {
  name: string
  prompt: string
  kind: ItemKind
  choices: string[]
  examples: string[]
  condition: string | undefined
  /** Stems of the name's own words, and those the prompt adds. */
  nameStems: ReadonlySet<string>
  promptStems: ReadonlySet<string>
}

/** Reads an item from its description, `<name>: <prompt>` with `Form:`, `Examples:` and `Only if:` lines, and its value's type. */
export function readItem(property: JsonObject): WireItem {
  const [, name = '', rest = ''] = /^([^:]*):?\s*(.*)$/s.exec(asText(property.description) ?? '') ?? []
  const lines = rest.split('\n')
  const labelled = (label: string) =>
    lines
      .findLast((line) => line.startsWith(label))
      ?.slice(label.length)
      .trim()
  const prompt = lines.filter((line) => !/^(?:Form|Examples|Only if):/.test(line)).join('\n')
  const nameStems = contentStems(name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[_-]/g, ' '))
  return {
    name,
    prompt,
    ...readType(propertyOf(property, 'value'), labelled('Form:') ?? ''),
    examples: labelled('Examples:')?.split(' | ') ?? [],
    condition: labelled('Only if:'),
    nameStems,
    promptStems: new Set([...contentStems(prompt)].filter((stem) => !nameStems.has(stem))),
  }
}

function readType(schema: JsonObject, form: string): { kind: ItemKind; choices: string[] } {
  const branch = branchesOf(schema).find((candidate) => typesOf(candidate).some((type) => type !== 'null')) ?? {}
  const types = typesOf(branch)
  if (types.includes('array')) return { kind: 'list', choices: asTexts(asObject(branch.items).enum) }
  const choices = asTexts(branch.enum)
  if (choices.length > 0) return { kind: 'choice', choices }
  if (types.includes('number') || types.includes('integer')) return { kind: 'number', choices }
  if (types.includes('boolean')) return { kind: 'boolean', choices }
  // A day or a time is text to a schema; the form says that it is one.
  return {
    kind: form.startsWith('YYYY-MM-DDT') ? 'datetime' : form.startsWith('YYYY-MM-DD') ? 'date' : 'text',
    choices,
  }
}

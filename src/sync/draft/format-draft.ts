import { nounOf, ownFieldName } from '../../crm/index.ts'
import { flowText } from '../../mapping/index.ts'
import type { Line } from './choose-fields.ts'
import type { Source } from './sources.ts'

export type Draft = {
  crm: string
  connection: string
  object: string
  agents: string[] | null
  numberFields: string[]
  hasEmail: boolean
  import: Record<string, string>
  defaultCountry: string
  lines: Line[]
}

/** A first mapping file as text, with comments that say what is to be looked at. Pure. */
export function formatDraft(draft: Draft): string {
  const { crm, connection, object, agents, numberFields, hasEmail, lines } = draft
  const found = lines.filter(({ field }) => field !== null)
  const missing = lines.filter(({ field }) => field === null)
  return [
    '# yaml-language-server: $schema=./mapping.schema.json',
    '#',
    `# Made by afterword mapping init from what the agents extract and the fields of ${object} in ${connection}.`,
    '# Names decided which field an item goes to: look at every line before the file comes into force.',
    'version: 1',
    `crm: ${crm}`,
    `connection: ${connection}`,
    `object: ${object}`,
    ...(agents === null ? [] : [`agents: ${flowText(agents)}`]),
    'write: false                 # everything runs up to the write; take this line away when the plans look right',
    '',
    '# How the record of a conversation is found: the steps are tried in this order.',
    'match:',
    `  - record_id: metadata.${crm}_${nounOf(object)}_id   # where whoever starts the conversation puts the record's id`,
    ...(hasEmail ? ['  - email: metadata.email'] : []),
    ...(numberFields.length > 0
      ? [`  - number: { of: [from_or_to, metadata.phone_number], in: ${flowText(numberFields)} }`]
      : []),
    'ambiguous: park',
    'missing: skip',
    `default_country: ${draft.defaultCountry}`,
    '',
    ...(Object.keys(draft.import).length === 0
      ? []
      : ['# What our own contacts take over from the CRM.', `import: ${flowText(draft.import)}`, '']),
    `fields:${found.length === 0 ? ' []' : ''}`,
    ...found.flatMap((line) => ruleLines(line)),
    ...(missing.length === 0
      ? []
      : [
          '',
          '  # No field fits these. Create one in the CRM and take the # away, or put the name of another behind "to".',
          ...missing.flatMap(({ source }) => missingLines(crm, source)),
        ]),
    '',
  ].join('\n')
}

function ruleLines({ source, field, settings, unplaced }: Line): string[] {
  const rule = flowText({ ...named(source), to: field?.name, ...settings })
  const note = `  # No option is near ${listed(unplaced)}: null writes nothing.`
  return [...(unplaced.length > 0 ? [note] : []), `  - ${rule}`]
}

function missingLines(crm: string, source: Source): string[] {
  const name = ownFieldName(crm, source.field ?? source.from[0]?.replace('$', '') ?? '')
  return [`  # ${name}: ${typeFor(source)}`, `  # - ${flowText({ ...named(source), to: name })}`]
}

function named({ from, field }: Source) {
  return { from: from.length === 1 ? from[0] : from, ...(field !== undefined && { field }) }
}

function typeFor({ answers }: Source): string {
  switch (answers.type) {
    case 'string':
      return 'text of several lines'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'a checkbox'
    case 'date':
      return 'a date'
    case 'datetime':
    case 'time':
      return 'a date and time'
    case 'enum':
      return `a choice of ${listed(answers.choices)}`
    case 'list':
      return answers.choices === null ? 'text of several lines' : `a multiple choice of ${listed(answers.choices)}`
  }
}

function listed(choices: readonly string[]): string {
  return choices.map((choice) => JSON.stringify(choice)).join(', ')
}

import type { CrmField } from '../../../src/crm/index.ts'
import { formatProblem, type Mapping, type Problem, parseMapping } from '../../../src/mapping/index.ts'

function field(name: string, kind: CrmField['kind'], more: Partial<CrmField> = {}): CrmField {
  const plain = { writable: true, unique: false, maxLength: null, options: null, scale: null, required: false }
  return { name, label: name.replaceAll('_', ' '), kind, ...plain, hasHistory: true, ...more }
}

/** A field of every kind. */
export const fields: CrmField[] = [
  field('summary', 'text', { maxLength: 255, label: 'Summary of the call' }),
  field('budget', 'number'),
  field('called_back', 'boolean'),
  field('next_visit', 'date'),
  field('last_call_at', 'datetime'),
  field('mood', 'choice', { options: ['positive', 'neutral', 'negative'] }),
  field('services', 'choices', { options: ['heat pump', 'furnace repair'] }),
  field('created_at', 'datetime', { writable: false }),
  field('phone', 'text'),
]

const head = [
  'version: 1',
  'crm: hubspot',
  'connection: main',
  'object: contacts',
  'match: [{ email: metadata.email }]',
]

/** A right file with these rules from line 7 on, one a line; `more` are lines behind it. */
export function mappingOf(rules: readonly string[], more: readonly string[] = []): Mapping {
  const lines = [...head, rules.length > 0 ? 'fields:' : 'fields: []', ...rules.map((rule) => `  - ${rule}`), ...more]
  const parsed = parseMapping(`${lines.join('\n')}\n`, 'a.yaml')
  if ('problems' in parsed) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.mapping
}

/** `sumary: message`: what stands in the file where a problem points to, and what it says. */
export function told({ text }: Mapping, problems: readonly Problem[]): string[] {
  const lines = text.split('\n')
  return problems.map(({ line, column, message }) => {
    const [word = ''] = /^"[^"]*"|^[^\s,:}\]]*/.exec(lines[line - 1]?.slice(column - 1) ?? '') ?? []
    return `${word}: ${message}`
  })
}

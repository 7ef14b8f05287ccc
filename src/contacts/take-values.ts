import type { CrmField } from '../crm/index.ts'
import { AppError } from '../errors.ts'
import { ownFieldProblem, type Value } from '../mapping/index.ts'
import type { Contact } from './contact-store.ts'
import { fieldToType } from './local/own-schema.ts'
import { decode, encode } from './local/values.ts'

/** So many fields of their own contacts may have together, as in the source product. */
const mostFields = 200

/** Each value as its field holds it, and what is wrong with the others, by field and without the value. Pure. */
export function takeValues(
  schema: ReadonlyMap<string, CrmField>,
  changes: Readonly<Record<string, Value>>,
): { taken: Record<string, Value>; problems: string[] } {
  const problems: string[] = []
  const taken = Object.entries(changes).map(([name, value]): [string, Value] => {
    const field = schema.get(name) ?? fieldToType(name, value)
    const encoded = encode({ ...field, writable: true }, value)
    const problem = ownFieldProblem(name) ?? ('refused' in encoded ? encoded.refused : null)
    if (problem !== null) problems.push(`${name}: ${problem}`)
    return [name, 'wire' in encoded ? decode(field, encoded.wire) : null]
  })
  return { taken: Object.fromEntries(taken), problems }
}

/** Why a contact cannot hold what it would; null where it can. Pure. */
export function tooManyFields({ fields }: Contact): string | null {
  return Object.keys(fields).length > mostFields ? `a contact has at most ${mostFields} custom fields` : null
}

export function invalidContact(problems: string[]): AppError {
  return new AppError('contact.invalid', 'skip', problems.join('; '), { status: 400, facts: { problems } })
}

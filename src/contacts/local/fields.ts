import type { CrmField } from '../../crm/index.ts'
import type { Db, Trx } from '../../db/index.ts'
import { declaredFields } from './declared.ts'
import { definitionSchema, type FieldType, fieldType } from './field-kind.ts'

const text: FieldType = { kind: 'text', options: null }

const instant: FieldType = { kind: 'datetime', options: null }

const standard: CrmField[] = [
  { ...toField('number', text), writable: false, unique: true },
  toField('email', text),
  toField('first_name', text),
  toField('last_name', text),
  toField('do_not_call', { kind: 'boolean', options: null }),
]

/**
 * The fields of our own contacts: those that every contact has, and a custom one for each name that a rule of this connection
 * writes or wrote, as its field or a stamp; of several rules the newest says what it holds. What an active file declares goes before
 * what rules make of a field.
 */
export async function describeFields(db: Db | Trx, connection: string): Promise<CrmField[]> {
  const rows = await db
    .selectFrom('rules')
    .innerJoin('mapping_files', 'mapping_files.hash', 'rules.file_hash')
    .select(['rules.field', 'rules.definition'])
    .where('rules.connection', '=', connection)
    .orderBy('mapping_files.active')
    .orderBy('mapping_files.activated_at')
    .orderBy('rules.first_active_at')
    .orderBy('rules.line', 'desc')
    .execute()
  const custom = rows.flatMap(({ field, definition }): [string, CrmField][] => {
    const read = definitionSchema.parse(definition)
    const { at, link } = read.stamp ?? {}
    const types: [string | undefined, FieldType][] = [
      [field, fieldType(read)],
      [at, instant],
      [link, text],
    ]
    return types.flatMap(([name, type]) => (name === undefined ? [] : [[name, toField(name, type)]]))
  })
  const declared = (await declaredFields(db, connection)).map(({ name, type, options = null, label }) => {
    const field = toField(name, fieldType({ type, options }))
    return [name, label === undefined ? field : { ...field, label }] as const
  })
  const own = standard.map((field): [string, CrmField] => [field.name, field])
  return [...new Map([...custom, ...declared, ...own]).values()]
}

export function toField(name: string, type: FieldType): CrmField {
  const plain = { unique: false, maxLength: null, scale: null, required: false, hasHistory: true }
  return { name, label: name, writable: true, ...type, ...plain }
}

import type { Db, Trx } from '../../db/index.ts'
import { type CustomField, parseMapping } from '../../mapping/index.ts'

// A text never changes under its hash, so what it declares is good for as long as the process lives.
const known = new Map<string, CustomField[]>()

/** The fields that the active mapping files of our own contacts declare. A file whose stored text no longer reads declares none. */
export async function declaredFields(db: Db | Trx, connection: string): Promise<CustomField[]> {
  const rows = await db
    .selectFrom('mapping_files')
    .select(['hash', 'path', 'text'])
    .where('active', '=', true)
    .where('text', 'like', '%custom_fields%')
    .orderBy('path')
    .execute()
  return rows.flatMap(({ hash, path, text }) => {
    const parsed = known.get(hash) ?? read(path, text, connection)
    known.set(hash, parsed)
    return parsed
  })
}

function read(path: string, text: string, connection: string): CustomField[] {
  const parsed = parseMapping(text, path)
  return 'mapping' in parsed && parsed.mapping.connection === connection ? (parsed.mapping.customFields ?? []) : []
}

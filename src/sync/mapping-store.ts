import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { type Db, json, type Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { formatProblem, type Mapping, mappingName, parseMapping, type Rule } from '../mapping/index.ts'

// A file's text never changes under its hash (its path gives it its name), so a parse is good for as long as the process lives.
const parsed = new Map<string, Mapping>()

/** The mappings in force, every process the same: the files active in the database. */
export async function activeMappings(db: Db): Promise<Mapping[]> {
  const rows = await db
    .selectFrom('mapping_files')
    .select(['hash', 'path', 'text'])
    .where('active', '=', true)
    .execute()
  return rows.map(toMapping).sort(inLinkOrder)
}

/** The files in force as they are stored, with how many rules each has; also one whose text no longer reads. */
export async function activeFiles(trx: Trx): Promise<{ path: string; fileHash: string; rules: number }[]> {
  return trx
    .selectFrom('mapping_files')
    .leftJoin('rules', 'rules.file_hash', 'mapping_files.hash')
    .select(['mapping_files.path', 'mapping_files.hash as fileHash'])
    .select((eb) => eb.fn.count<number>('rules.hash').as('rules'))
    .where('mapping_files.active', '=', true)
    .groupBy('mapping_files.hash')
    .orderBy('mapping_files.path')
    .execute()
}

/** By name, those that go by the contact last: who that is may be known only once a CRM's record is. */
export function inLinkOrder(a: Mapping, b: Mapping): number {
  return Number(goesByContact(a)) - Number(goesByContact(b)) || (a.name < b.name ? -1 : 1)
}

/** Whether a mapping writes to the contact of a conversation, not to a record that it has to find. */
export function goesByContact({ match }: Mapping): boolean {
  return match.some((step) => step.by === 'contact')
}

/** Mappings by the hashes of their files, active or not: what a plan froze. */
export async function mappingsByHash(db: Db, hashes: string[]): Promise<Mapping[]> {
  if (hashes.length === 0) return []
  const rows = await db
    .selectFrom('mapping_files')
    .select(['hash', 'path', 'text'])
    .where('hash', 'in', hashes)
    .execute()
  return rows.map(toMapping)
}

function toMapping(row: { hash: string; path: string; text: string }): Mapping {
  const key = `${row.path}\n${row.hash}`
  const known = parsed.get(key)
  if (known) return known
  const result = parseMapping(row.text, row.path)
  if ('problems' in result) {
    const places = result.problems.map(formatProblem).join('\n')
    throw new AppError(
      'mapping.unreadable',
      'stop',
      `a stored mapping no longer reads; save and activate it again:\n${places}`,
    )
  }
  parsed.set(key, result.mapping)
  return result.mapping
}

/** The mappings each run decides with: those its plan froze, else the active ones; with the rules of its fields, where it has some. */
export async function mappingsOfRuns(db: Db, runIds: number[]): Promise<Map<number, Mapping[]>> {
  const runs = await selectRuns(db, runIds)
  const active = runs.some((run) => !run.isFrozen) ? await activeMappings(db) : []
  return new Map(
    runs.map((run): [number, Mapping[]] => {
      const whole = run.isFrozen ? run.files.map(toMapping) : active
      return [run.id, run.fields === null ? whole : rulesFor(whole, run.fields)]
    }),
  )
}

async function selectRuns(db: Db, runIds: number[]) {
  return db
    .selectFrom('runs')
    .select((eb) => [
      'id',
      'fields',
      eb('mapping_files', 'is not', null).$castTo<boolean>().as('isFrozen'),
      jsonArrayFrom(
        eb
          .selectFrom('mapping_files as file')
          .select(['file.hash', 'file.path', 'file.text'])
          .where(sql<boolean>`file.hash = any(runs.mapping_files)`),
      ).as('files'),
    ])
    .where('id', 'in', runIds)
    .execute()
}

/** Mappings with nothing but the rules of these CRM fields, and no activities; one without any is left out. */
export function rulesFor(mappings: readonly Mapping[], fields: readonly string[]): Mapping[] {
  return mappings.flatMap((mapping) => {
    const rules = mapping.rules.filter((rule) => fields.includes(rule.field))
    const { activity: _none, ...rest } = mapping
    return rules.length > 0 ? [{ ...rest, rules }] : []
  })
}

/** Makes a file the active one at its path and remembers every version of its rules. */
export async function saveMapping(trx: Trx, mapping: Mapping): Promise<void> {
  const { path, fileHash, text } = mapping
  await trx
    .updateTable('mapping_files')
    .set({ active: false })
    .where('path', '=', path)
    .where('active', '=', true)
    .execute()
  await trx
    .insertInto('mapping_files')
    .values({ hash: fileHash, path, text, active: true })
    .onConflict((conflict) =>
      conflict.column('hash').doUpdateSet({ active: true, path, activated_at: sql<Date>`now()` }),
    )
    .execute()
  // A file may have no rules: one that only imports.
  if (mapping.rules.length === 0) return
  await trx
    .insertInto('rules')
    .values(
      mapping.rules.map((rule) => ({
        hash: rule.hash,
        mapping: mapping.name,
        connection: mapping.connection,
        object: mapping.object,
        field: rule.field,
        definition: json(rule),
        file_hash: fileHash,
        line: rule.line,
      })),
    )
    // The same rule in a newer file: remember where it stands now, not when it was first switched on.
    .onConflict((conflict) =>
      conflict.column('hash').doUpdateSet((eb) => ({
        mapping: eb.ref('excluded.mapping'),
        definition: eb.ref('excluded.definition'),
        file_hash: eb.ref('excluded.file_hash'),
        line: eb.ref('excluded.line'),
      })),
    )
    .execute()
}

/** Whether a mapping may write, by its name: as its file says, with rules or none, and where that was removed, as it said last. */
export async function writePermissions(db: Db): Promise<(mapping: string) => boolean> {
  const rows = await db
    .selectFrom((eb) =>
      eb
        .selectFrom('mapping_files')
        .distinctOn('path')
        .select(['hash', 'path', 'text', 'active', 'activated_at'])
        .orderBy('path')
        .orderBy('active', 'desc')
        .orderBy('activated_at', 'desc')
        .as('newest'),
    )
    .select(['hash', 'path', 'text'])
    .orderBy('active')
    .orderBy('activated_at')
    .execute()
  // A file may have moved to another folder: the one in force comes last.
  const files = new Map(rows.map((row) => [mappingName(row.path), row]))
  return (mapping) => {
    const file = files.get(mapping)
    return file !== undefined && toMapping(file).write
  }
}

/** Rule versions by hash, old ones included. */
export async function rulesByHash(db: Db, hashes: string[]): Promise<Map<string, Rule>> {
  if (hashes.length === 0) return new Map()
  const rows = await db.selectFrom('rules').select(['hash', 'definition', 'line']).where('hash', 'in', hashes).execute()
  // Written by saveMapping from a parsed Rule, and by nothing else.
  return new Map(rows.map((row) => [row.hash, { ...(row.definition as Rule), line: row.line }]))
}

/** When a rule for each field of an object was first switched on, epoch ms. */
export async function switchedOn(db: Db, connection: string, object: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('rules')
    .select(['field', (eb) => eb.fn.min('first_active_at').as('at')])
    .where('connection', '=', connection)
    .where('object', '=', object)
    .groupBy('field')
    .execute()
  return new Map(rows.map((row) => [row.field, row.at.getTime()]))
}

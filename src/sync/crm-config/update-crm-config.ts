import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { type Actor, recordEntry } from '../../audit/index.ts'
import { listTags, ownConnection, saveTags } from '../../contacts/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError, notFound } from '../../errors.ts'
import {
  checkMappings,
  createMappingFile,
  type Edit,
  editMappingBy,
  formatProblem,
  type Kinds,
  loadMappingFolders,
  type Mapping,
  type Problem,
  parseMapping,
  saveMappingFile,
} from '../../mapping/index.ts'
import { checkConfig } from './check-config.ts'
import { planEdits } from './plan-edits.ts'
import { type CrmConfig, customFieldsOf, readCrmConfig, split } from './read-crm-config.ts'
import { type ConfigUpdate, configUpdateSchema, toRetellMapping } from './shape.ts'
import { selectKept, upsertKept } from './store.ts'

type Deps = {
  db: Db
  folders: readonly string[]
  kinds: Kinds
  /** The connections there are. */
  connections: ReadonlySet<string>
  /** Makes what the folders hold the set in force. */
  activate(actor: Actor): Promise<unknown>
}

/** What a first file for our own contacts begins as. */
const firstFile = `version: 1\ncrm: local\nconnection: ${ownConnection}\nobject: contacts\nfields: []\n`

// Two updates in one process: the second goes by what the first has saved. Among processes the files themselves tell.
let last: Promise<unknown> = Promise.resolve()

/**
 * Changes the configuration of CRMs as the source product's API does: what is absent stays, what is sent replaces what was. Fields and
 * mappings are written into the mapping file of our own contacts, by the editor of `afterword mapping set`, and are in force when this
 * returns; no CRM is written to. Audited. The same twice changes nothing. Throws `crm_config.invalid` (400) with everything that is
 * wrong, `app.not_found` (404), and `crm_config.file` (409) with the file where that cannot be written or something else decides.
 */
export function updateCrmConfig(deps: Deps, input: { update: unknown; actor: Actor }): Promise<CrmConfig> {
  const updated = last.then(() => change(deps, input))
  last = updated.catch(() => undefined)
  return updated
}

async function change(deps: Deps, input: { update: unknown; actor: Actor }): Promise<CrmConfig> {
  const { db, actor } = { ...deps, ...input }
  const update = readUpdate(input.update)
  // What was saved a moment ago counts, and where that is wrong nothing can be built on it.
  await deps.activate({ kind: 'system', name: 'reload' }).catch((error: Error) => {
    throw fileRefused(`the mapping files are left as they are: ${error.message}`)
  })
  const loaded = await loadMappingFolders(deps.folders, deps.kinds)
  checkApp(update, deps.connections, loaded.mappings)
  if (update.custom_fields || update.crm_analysis_data_mappings) {
    await changeFiles(deps, update, loaded.mappings)
    await deps.activate(actor)
  }
  await transact(db, async (trx) => {
    const before = { ...(await selectKept(trx)), contactTags: await listTags(trx) }
    const after = {
      contactTags: update.contact_tags === undefined ? before.contactTags : (update.contact_tags ?? []),
      contactColumnsOrder: update.contact_columns_order ?? before.contactColumnsOrder,
      contactMemoryUpdatePrompt:
        update.contact_memory_update_prompt === undefined
          ? before.contactMemoryUpdatePrompt
          : update.contact_memory_update_prompt,
    }
    if (isDeepStrictEqual(before, after)) return
    await upsertKept(trx, after)
    if (update.contact_tags !== undefined) await saveTags(trx, after.contactTags)
    const subject = { kind: 'crm_config', id: 'crm_config' }
    await recordEntry(trx, { actor, action: 'crm_config.changed', subject, before, after })
  })
  return readCrmConfig(db)
}

function readUpdate(given: unknown): ConfigUpdate {
  const parsed = configUpdateSchema.safeParse(given)
  if (!parsed.success) throw invalid(parsed.error.issues.map(placed))
  return parsed.data
}

function placed({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.') || 'the body'}: ${message}`
}

/** Which connection is written to, and whether, mapping files decide. */
function checkApp({ app_id }: ConfigUpdate, connections: ReadonlySet<string>, mappings: readonly Mapping[]): void {
  const { connection } = split(mappings)
  if (app_id === undefined || app_id === connection) return
  if (app_id !== null && !connections.has(app_id)) throw notFound('app', app_id)
  const files = mappings.filter((each) => each.connection === connection).map(({ path }) => path)
  const place = files.length === 0 ? 'a mapping file with that "connection" links it' : `edit ${files.join(', ')}`
  const advice = app_id === null ? `${place}: "write: false" stops what is written` : place
  throw fileRefused(`app_id: mapping files say which connection is written to; ${advice}`)
}

async function changeFiles({ db, folders, kinds }: Deps, update: ConfigUpdate, all: readonly Mapping[]): Promise<void> {
  const known = split(all).own
  const own = known.length > 0 ? known : [newFile(folders, kinds)]
  const fields = await customFieldsOf(db, known)
  const mappings = own.flatMap(({ rules }) => rules.flatMap((rule) => toRetellMapping(rule) ?? []))
  const problems = checkConfig(update, { own, fields, mappings })
  if (problems.length > 0) throw invalid(problems)
  const edited = [...planEdits(update, own, fields)].map(([file, edits]) => ({ file, ...edit(file, edits, kinds) }))
  const others = all.filter((each) => !edited.some(({ file }) => file === each))
  const quarrels = checkMappings([...others, ...edited.map(({ mapping }) => mapping)])
  if (quarrels.length > 0) throw invalid([told(quarrels)])
  for (const { file, text } of edited) {
    if (text === file.text) continue
    const save = known.length > 0 ? saveMappingFile(file.path, file.text, text) : createMappingFile(file.path, text)
    await save.catch((error: Error) => {
      throw fileRefused(`${file.path} is left as it is, edit it by hand: ${error.message}`)
    })
  }
}

function edit(file: Mapping, edits: readonly Edit[], kinds: Kinds): { text: string; mapping: Mapping } {
  const edited = editMappingBy(file.text, file.path, edits, kinds)
  if ('problems' in edited) throw invalid([told(edited.problems)])
  return edited
}

function newFile([folder = '']: readonly string[], kinds: Kinds): Mapping {
  const parsed = parseMapping(firstFile, join(folder, `${basename(ownConnection)}.yaml`), kinds)
  if ('problems' in parsed) throw new Error(told(parsed.problems))
  return parsed.mapping
}

function told(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n')
}

function invalid(problems: string[]): AppError {
  return new AppError('crm_config.invalid', 'skip', problems.join('; '), { status: 400, facts: { problems } })
}

function fileRefused(message: string): AppError {
  return new AppError('crm_config.file', 'skip', message, { status: 409 })
}

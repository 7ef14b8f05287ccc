import { type Actor, recordEntry } from '../../audit/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { nearest } from '../../filters/index.ts'
import { ownFieldProblem } from '../../mapping/index.ts'
import { type ContactJob, insertJob } from '../jobs/job-store.ts'
import type { ImportSpec } from './import-spec.ts'
import { readHead } from './read-csv.ts'
import { isUploaded, readUpload } from './upload-store.ts'

export type AskedImport = {
  uploadId: string
  /** Field of the contact by the header of its column; exactly one is `phone_number`. */
  columns: readonly { field: string; header: string }[]
  defaultCountry: string
  /** Labels that every contact of the file gets beside what it has. */
  tags: readonly string[]
  actor: Actor
}

/**
 * Asks for the import of an uploaded file; a worker does it. Audited. Throws 400: `contact.no_upload`, `contact.bad_columns` naming every
 * column that cannot be, and 409 `contact.importing` while another import has not ended.
 */
export async function createContactImport({ db }: { db: Db }, asked: AskedImport): Promise<ContactJob> {
  const { uploadId, columns, actor } = asked
  if (!(await isUploaded(db, uploadId))) throw noUpload()
  const head = await headOf(db, uploadId)
  const problems = columnProblems(columns, head.headers)
  if (problems.length > 0)
    throw new AppError('contact.bad_columns', 'skip', problems.join('; '), { status: 400, facts: { problems } })
  const spec: ImportSpec = {
    delimiter: head.delimiter,
    columns: columns.map(({ field, header }) => ({ field, place: head.headers.indexOf(header.trim()) })),
    defaultCountry: asked.defaultCountry,
    tags: [...asked.tags],
  }
  return transact(db, async (trx) => {
    const job = await insertJob(trx, { kind: 'import', actor, spec, uploadId })
    if (job === undefined) throw importing()
    await recordEntry(trx, {
      actor,
      action: 'contacts.import_asked',
      subject: { kind: 'contact_job', id: String(job.id) },
      after: { fields: columns.map(({ field }) => field) },
    })
    return job
  })
}

async function headOf(db: Db, uploadId: string) {
  for await (const bytes of readUpload(db, uploadId)) return readHead(bytes.toString('utf8'))
  throw noUpload()
}

function columnProblems(columns: AskedImport['columns'], headers: readonly string[]): string[] {
  const place = (at: number, name: string) => `column_mapping.${at}.${name}`
  const fields = columns.map(({ field }) => field)
  const numbers = fields.filter((field) => field === 'phone_number').length
  const problems = columns.flatMap(({ field, header }, at) => {
    const found = headers.filter((each) => each === header.trim()).length
    const close = nearest(header, [...headers])
    const there = close === undefined ? `the file has ${headers.join(', ')}` : `did you mean "${close}"?`
    const taken = field === 'phone_number' || field === 'contact_memory' ? null : ownFieldProblem(field)
    return [
      ...(found === 0 ? [`${place(at, 'external_field_name')}: the file has no column "${header}"; ${there}`] : []),
      ...(found > 1 ? [`${place(at, 'external_field_name')}: the file has ${found} columns "${header}"`] : []),
      ...(taken === null ? [] : [`${place(at, 'field_name')}: ${taken}`]),
      ...(fields.indexOf(field) < at ? [`${place(at, 'field_name')}: "${field}" is named twice`] : []),
    ]
  })
  return numbers === 1 ? problems : ['column_mapping: exactly one column is to be phone_number', ...problems]
}

function noUpload(): AppError {
  const message = 'upload_id: there is no such file any more: each is kept until it is imported, and a day at the most'
  return new AppError('contact.no_upload', 'skip', message, { status: 400 })
}

function importing(): AppError {
  const message = 'a contact import is running already: GET /get-contact-import tells how far it is'
  return new AppError('contact.importing', 'skip', message, { status: 409 })
}

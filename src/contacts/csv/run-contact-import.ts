import { recordEntry } from '../../audit/index.ts'
import { type Db, transact, withLock } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { ContactsAnnouncements } from '../announcements.ts'
import { type ContactJob, endJob, noteProgress, selectJob, takeUpJob } from '../jobs/job-store.ts'
import { ownSchema } from '../local/own-schema.ts'
import { ensureTags } from '../tags/tag-store.ts'
import { importSpecSchema } from './import-spec.ts'
import { type CsvRow, readRows } from './read-csv.ts'
import { readRow } from './read-row.ts'
import { takeRows } from './take-rows.ts'
import { deleteUpload, readUpload } from './upload-store.ts'

type Deps = { db: Db; now: () => Date; next: ContactsAnnouncements }

const atOnce = 200
/** Taken up so often without getting on, it never will. */
const mostTries = 10

/**
 * Does the import of a file that waits or was broken off: from the last line that was taken in, 200 rows in a transaction together
 * with how far it is, so that no row counts twice. Ends early where `signal` fires; what is left is done when it is called again. The
 * file goes with its end. In one process at a time.
 */
export async function runContactImport(deps: Deps, signal?: AbortSignal): Promise<void> {
  await withLock(deps.db, 'contacts.csv_import', async () => {
    const job = await selectJob(deps.db, 'import')
    const taken = job && (await takeUpJob(deps.db, job.id))
    if (!job || !taken) return
    try {
      if (taken.tries > mostTries) throw gaveUp()
      if (await readAll(deps, job, signal)) await end(deps, job, null)
    } catch (error) {
      if (!(error instanceof AppError) || error.recovery === 'retry') throw error
      await end(deps, job, error.message)
    }
  })
}

/** Whether it came to the end of the file. */
async function readAll(deps: Deps, job: ContactJob, signal?: AbortSignal): Promise<boolean> {
  const { db } = deps
  const { id, uploadId, actor } = job
  const spec = importSpecSchema.parse(job.spec)
  const schema = await ownSchema(db)
  const tagIds = await transact(db, (trx) => ensureTags(trx, spec.tags))
  let batch: CsvRow[] = []
  const flush = async () => {
    const read = batch.map((row) => readRow(row, spec, schema))
    const good = read.flatMap((row) => ('number' in row ? [row] : []))
    const line = Math.max(...batch.map((row) => row.line))
    batch = []
    await transact(db, async (trx) => {
      const left = await takeRows(trx, deps, good, { tagIds, actor })
      const problems = [...read.flatMap((row) => ('message' in row ? [row] : [])), ...left]
      await noteProgress(trx, id, { line, succeeded: good.length - left.length, problems })
    })
  }
  for await (const row of readRows(readUpload(db, uploadId ?? ''), { delimiter: spec.delimiter, headers: [] })) {
    if (row.line <= job.line) continue
    batch.push(row)
    if (batch.length < atOnce) continue
    await flush()
    if (signal?.aborted) return false
  }
  if (batch.length > 0) await flush()
  return true
}

async function end({ db }: Deps, { id, uploadId, actor }: ContactJob, why: string | null): Promise<void> {
  await transact(db, async (trx) => {
    await endJob(trx, id, why)
    if (uploadId !== null) await deleteUpload(trx, uploadId)
    const { succeeded, failed } = (await selectJob(trx, 'import')) ?? {}
    await recordEntry(trx, {
      actor,
      action: why === null ? 'contacts.imported' : 'contacts.import_failed',
      subject: { kind: 'contact_job', id: String(id) },
      after: { succeeded, failed, ...(why !== null && { why }) },
    })
  })
}

function gaveUp(): AppError {
  const message = 'it was taken up ten times and got no further; the log of the workers says why'
  return new AppError('contact.import_failed', 'stop', message)
}

import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, Trx } from '../../db/index.ts'

/** Begins a file that comes in piece by piece; it can be imported once it is whole. Returns its id. */
export async function insertUpload(db: Db, fileName: string): Promise<string> {
  const id = `upload_${randomBytes(16).toString('hex')}`
  await db.insertInto('contact_uploads').values({ id, file_name: fileName }).execute()
  return id
}

export async function insertPart(db: Db, part: { uploadId: string; seq: number; data: Buffer }): Promise<void> {
  const { uploadId, seq, data } = part
  await db.insertInto('contact_upload_parts').values({ upload_id: uploadId, seq, data }).execute()
}

export async function endUpload(db: Db, id: string): Promise<void> {
  await db.updateTable('contact_uploads').set({ is_whole: true }).where('id', '=', id).execute()
}

/** Whether a file is there and whole. */
export async function isUploaded(db: Db | Trx, id: string): Promise<boolean> {
  const row = await db.selectFrom('contact_uploads').select('is_whole').where('id', '=', id).executeTakeFirst()
  return row?.is_whole ?? false
}

/** The bytes of a file, a piece at a time. */
export async function* readUpload(db: Db, id: string): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq += 1) {
    const row = await db
      .selectFrom('contact_upload_parts')
      .select('data')
      .where('upload_id', '=', id)
      .where('seq', '=', seq)
      .executeTakeFirst()
    if (row === undefined) return
    yield row.data
  }
}

export async function deleteUpload(db: Db | Trx, id: string): Promise<void> {
  await db.deleteFrom('contact_uploads').where('id', '=', id).execute()
}

/** Removes files that nobody imports, a day after they came in: they hold what people are called. */
export async function dropUploads(db: Db): Promise<void> {
  await sql`
    delete from contact_uploads
    where created_at < now() - interval '1 day'
      and not exists (select from contact_jobs where upload_id = contact_uploads.id and state in ('queued', 'running'))
  `.execute(db)
}

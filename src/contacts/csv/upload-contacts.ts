import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { readHead } from './read-csv.ts'
import { deleteUpload, endUpload, insertPart, insertUpload } from './upload-store.ts'

export const largestUpload = 100 * 1024 * 1024
const partBytes = 256 * 1024

/**
 * Keeps a CSV file of contacts for `createContactImport`, as it comes in, with a piece of it in memory; a day at the most. Returns its id. Throws
 * 400 `contact.bad_file` for one that is empty, no text in UTF-8 or without a first row of headers, and 413 `contact.file_too_large`; nothing
 * of it is kept then.
 */
export async function uploadContacts(
  { db }: { db: Db },
  { fileName, bytes }: { fileName: string; bytes: AsyncIterable<Uint8Array> },
): Promise<{ uploadId: string; fileName: string }> {
  const name = fileName.replaceAll('\0', '').slice(0, 200)
  const uploadId = await insertUpload(db, name)
  try {
    await keep(db, uploadId, bytes)
    await endUpload(db, uploadId)
  } catch (error) {
    await deleteUpload(db, uploadId)
    throw error
  }
  return { uploadId, fileName: name }
}

async function keep(db: Db, uploadId: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let seq = 0
  let size = 0
  let beginning = ''
  let part: Uint8Array[] = []
  let inPart = 0
  const flush = async () => {
    if (inPart === 0) return
    await insertPart(db, { uploadId, seq, data: Buffer.concat(part) })
    seq += 1
    part = []
    inPart = 0
  }
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > largestUpload) throw tooLarge()
    const text = readText(decoder, chunk)
    if (beginning.length < partBytes) beginning += text
    part.push(chunk)
    inPart += chunk.length
    if (inPart >= partBytes) await flush()
  }
  readText(decoder)
  await flush()
  if (!readHead(beginning).headers.some((header) => header !== '')) throw badFile('has no first row of headers')
}

function readText(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    const text = chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    if (!text.includes('\0')) return text
  } catch {
    // Told below.
  }
  throw badFile('is not text in UTF-8: save it as "CSV UTF-8"')
}

export function badFile(problem: string): AppError {
  return new AppError('contact.bad_file', 'skip', `file: ${problem}`, { status: 400 })
}

function tooLarge(): AppError {
  const message = `file: has more than ${largestUpload / 1024 / 1024} MiB; split it`
  return new AppError('contact.file_too_large', 'skip', message, { status: 413 })
}

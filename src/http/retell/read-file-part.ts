import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { AppError } from '../../errors.ts'

/**
 * Hands the part `file` of a body of `multipart/form-data` to `take` as it comes in, with no more than a piece of it in memory: the
 * platform's own reader keeps the whole. Throws what `take` throws, and `request.invalid` (400) for a body that is no such form, has no
 * such part or breaks off.
 */
export async function readFilePart<T>(
  body: ReadableStream<Uint8Array> | null,
  contentType: string | undefined,
  take: (file: { fileName: string; bytes: AsyncIterable<Uint8Array> }) => Promise<T>,
): Promise<T> {
  if (body === null || contentType === undefined) throw notForm()
  const form = readerOf(contentType)
  const giveUp = new AbortController()
  let taken: Promise<T> | undefined
  form.on('file', (name, bytes, fileName = '') => {
    // Where the body breaks off, a part only says so: whoever has not begun to read it would never learn of it, nor would anybody else.
    bytes.on('error', (error: Error) => bytes.destroy(error))
    if (name !== 'file' || taken !== undefined) return bytes.resume()
    taken = take({ fileName, bytes })
    // Who takes nothing more lets the rest of the body not come in.
    taken.catch((error: unknown) => giveUp.abort(error))
  })
  const read = await pipeline(Readable.from(body), form, { signal: giveUp.signal }).catch((error: Error) => error)
  if (giveUp.signal.aborted) throw giveUp.signal.reason
  if (read instanceof Error) {
    await taken?.catch(() => undefined)
    throw invalid('it breaks off before its end')
  }
  if (taken === undefined) throw invalid('there is no part named file')
  return taken
}

function readerOf(contentType: string): BusboyInstance {
  // It reads other forms, too.
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw notForm()
  try {
    return new Busboy({ headers: { 'content-type': contentType } })
  } catch {
    throw notForm()
  }
}

function notForm(): AppError {
  return invalid('expected multipart/form-data with a part named file')
}

function invalid(problem: string): AppError {
  return new AppError('request.invalid', 'skip', `body: ${problem}`, { status: 400 })
}

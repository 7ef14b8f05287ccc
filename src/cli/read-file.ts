import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { AppError } from '../errors.ts'

/** The lines of a file, one after another, whatever its size. Throws `cli.file`. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file)
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (cause) {
    throw unreadable(file, cause)
  } finally {
    input.destroy()
  }
}

/** What a file of JSON holds. Throws `cli.file`. */
export async function readJsonFile(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('cli.file', 'stop', `${file} is not JSON`, { cause })
  }
}

/** Why a file cannot be used, by the system's word for it. */
function unreadable(file: string, cause: unknown): AppError {
  const reason = cause instanceof Error && 'code' in cause ? cause.code : cause
  return new AppError('cli.file', 'stop', `${file} cannot be read: ${reason}`, { cause })
}

import { writeFile } from 'node:fs/promises'
import { AppError } from '../errors.ts'

/**
 * Writes a text to a file, in place of what was there; with `unlessThere`, which says what else can be done, only where nothing
 * was. Throws `cli.file`.
 */
export async function writeTextFile(
  file: string,
  text: string,
  { unlessThere }: { unlessThere?: string } = {},
): Promise<void> {
  const flag = unlessThere === undefined ? 'w' : 'wx'
  await writeFile(file, text, { flag }).catch((cause: NodeJS.ErrnoException) => {
    const isThere = flag === 'wx' && cause.code === 'EEXIST'
    const why = isThere ? `is there already: ${unlessThere}` : `cannot be written: ${cause.code ?? cause.message}`
    throw new AppError('cli.file', 'stop', `${file} ${why}`, { cause })
  })
}

import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** The process id of the database server on this data folder. */
export async function postmasterOf(folder: string): Promise<number> {
  return Number((await readFile(path.join(folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0])
}

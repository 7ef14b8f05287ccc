import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { findPostmaster } from '../../src/db/embedded/postmaster.ts'

/** The process id of the database server that runs on this data folder; throws where none does. */
export async function postmasterOf(folder: string): Promise<number> {
  const server = await findPostmaster(await realpath(path.join(folder, 'postgres/data')))
  if (!server) throw new Error(`no server runs on ${folder}`)
  return server.pid
}

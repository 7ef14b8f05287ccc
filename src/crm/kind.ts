import type { z } from 'zod'
import type { Db } from '../db/index.ts'
import type { Log } from '../log.ts'
import type { Crm } from './contract.ts'

/** `secret` seals what has to be kept in the database and must not be read there. */
export type OpenDeps = { db: Db; log: Log; secret?: string | null }

/** Makes the adapter of one account under the name that mapping files call it by. Asks the CRM nothing yet. */
export type OpenCrm = (deps: OpenDeps, connection: string) => Promise<Crm>

/**
 * A kind of CRM: all that the house has to know of it beforehand. `settings` reads a connection's variables (without their
 * prefix `AFTERWORD_CONNECTION_<NAME>_`) into an account that can be opened. Of a kind that is `builtIn` there is always one
 * connection, by the kind's own name and without any variable, and never another.
 */
export type CrmKind = { objects: readonly string[]; settings: z.ZodType<OpenCrm>; builtIn?: true }

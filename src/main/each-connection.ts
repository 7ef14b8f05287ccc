import type { Crm } from '../crm/index.ts'
import { AppError, type Failure, notFound } from '../errors.ts'

/**
 * Does something with one connection, or with all side by side, and says what came of each: what fails at one keeps no other from
 * being done. Throws only where there is nothing else to tell: the first failure where all have failed, `connection.not_found`
 * for a name that is none.
 */
export async function eachConnection<T>(
  crms: ReadonlyMap<string, Crm>,
  connection: string | undefined,
  work: (crm: Crm) => Promise<T>,
): Promise<[connection: string, result: T | Failure][]> {
  const wanted = [...crms.values()].filter((crm) => connection === undefined || crm.connection === connection)
  if (connection !== undefined && wanted.length === 0) throw notFound('connection', connection)
  const settled = await Promise.allSettled(wanted.map(work))
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  const [first] = failures
  if (failures.length > 0 && failures.length === settled.length) throw first
  return wanted.flatMap((crm, place): [string, T | Failure][] => {
    const each = settled[place]
    if (!each) return []
    return [[crm.connection, each.status === 'fulfilled' ? each.value : { failed: told(each.reason) }]]
  })
}

/** What nobody foresaw is thrown on: it is no answer. */
function told(error: unknown): Failure['failed'] {
  if (!(error instanceof AppError)) throw error
  return { code: error.code, message: error.message }
}

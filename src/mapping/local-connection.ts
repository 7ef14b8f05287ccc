import { z } from 'zod'
import type { Locate } from './locate.ts'
import type { Problem } from './problem.ts'

const targetSchema = z.looseObject({ crm: z.string(), connection: z.string() })

/** Our own contact table is a kind of CRM with one connection, both called local; looks only at these two. */
export function localConnection(file: unknown, locate: Locate): Omit<Problem, 'path'>[] {
  const target = targetSchema.safeParse(file).data
  if (target === undefined || (target.crm === 'local') === (target.connection === 'local')) return []
  const message =
    target.crm === 'local'
      ? 'our own contacts have one connection: connection: local'
      : '"local" is our own contact table: choose another name, or write crm: local'
  return [{ ...locate(['connection']), message }]
}

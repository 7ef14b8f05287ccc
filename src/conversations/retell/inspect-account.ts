import type { RetellAccount } from '../../config.ts'
import type { Db } from '../../db/index.ts'
import type { Log } from '../../log.ts'
import { openRetell } from './api.ts'

/** What `doctor` says of an account of the source product, asked now: that its key is taken, and how far its history is read. Throws as `openRetell` tells. */
export async function inspectAccount(deps: { db: Db; log: Log }, account: RetellAccount): Promise<string> {
  if (account.apiKey === null) return 'webhooks alone: there is no API key to pull with'
  await openRetell(deps, account).list('call', new Date(), null)
  const rows = await deps.db
    .selectFrom('pulls')
    .select(['kind', 'read_to as readTo'])
    .where('account', '=', account.name)
    .orderBy('kind')
    .execute()
  const read = rows.flatMap(({ kind, readTo }) => (readTo ? [`${kind}s read to ${readTo.toISOString()}`] : []))
  const rhythm = account.pullEveryMinutes > 0 ? `pulled every ${account.pullEveryMinutes} minutes` : 'pulled by hand'
  return [rhythm, ...(read.length > 0 ? read : ['nothing pulled yet'])].join('; ')
}

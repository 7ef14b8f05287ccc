import type { Db } from '../../src/db/index.ts'
import { openPacer } from '../../src/limits/index.ts'
import type { Model } from '../../src/model/index.ts'

/** As if nobody had ever asked the model's provider: no limits, holds and pauses in the database, and none in this process. */
export async function forgetProvider({ db, model }: { db: Db; model: Model }): Promise<void> {
  const { provider } = model.pacer
  await db.deleteFrom('provider_pauses').execute()
  await db.deleteFrom('meters').execute()
  await db.deleteFrom('buckets').where('bucket', 'like', `${provider} %`).execute()
  model.pacer = openPacer(provider)
  model.flex.pacer = openPacer(provider)
}

import { onTestFinished } from 'vitest'
import { importConnection } from '../../src/contacts/index.ts'
import type { Crm } from '../../src/crm/index.ts'
import { activeMappings } from '../../src/sync/index.ts'
import type { Kind } from '../support/accounts/account.ts'
import type { AtEnd } from '../support/database.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import type { WorldOptions } from '../support/open-world.ts'
import { textField } from '../support/records.ts'
import { createWorldOn, type World } from '../support/world.ts'

/** A world on one CRM whose search lags behind nothing, with a rule that writes the plan a caller names. */
export async function openImports(
  kind: Kind,
  { atEnd = onTestFinished, ...options }: WorldOptions & { atEnd?: AtEnd } = {},
): Promise<World> {
  const world = await createWorldOn([kind], { ...options, atEnd })
  world.account.defineProperties([textField('plan_wanted'), textField('plan_said_in'), textField('colour')])
  world.account.configure({ searchLagMs: 0 })
  await useRules(world, { from: 'plan', to: 'plan_wanted' })
  await ask(world, plan)
  return world
}

/** What the five-minute import does, also from another adapter than the world's; the last line of what it came to. */
export async function importChanges(world: World, instead: Partial<Crm> = {}, isFull = false) {
  const { db, log, next } = world
  const deps = { db, log, next, crm: { ...world.crm, ...instead }, now: () => new Date() }
  const imported = await importConnection(deps, { mappings: await activeMappings(db), isFull })
  return imported?.at(-1) ?? null
}

export async function marksOf({ db }: World) {
  return db.selectFrom('marks').select(['record_id', 'reason']).orderBy('record_id').execute()
}

export async function recordOf({ db }: World, externalId: string) {
  return db.selectFrom('crm_records').selectAll().where('external_id', '=', externalId).executeTakeFirstOrThrow()
}

import type { Account, Kind } from './accounts/account.ts'
import type { AtEnd } from './database.ts'
import { ask, plan } from './items.ts'
import { mappingFor } from './mappings.ts'
import { textField } from './records.ts'
import { createWorldOn, type World } from './world.ts'

const unknown = '{{contact.last_name}}{{^contact.last_name}}Caller {{contact.number}}{{/contact.last_name}}'

/** A mapping file that creates whom it does not find, by a key of its own; `more` goes into the file. */
export function creatingMapping(account: Account, more: object = {}): string {
  const { nameOf } = account
  const create = { [nameOf('lastname')]: unknown, [nameOf('phone')]: '{{contact.number}}' }
  const missing = { create, key: nameOf('afterword_number') }
  const file = JSON.parse(mappingFor(account, [{ from: 'plan', to: 'plan_wanted' }]))
  return JSON.stringify({ ...file, missing, ...more })
}

/** A world on one CRM that creates callers it does not know; `isImported`: its first import has ended, of nobody. */
export async function openCreating(kind: Kind, atEnd: AtEnd, { isImported = true } = {}): Promise<World> {
  const world = await createWorldOn([kind], { atEnd })
  world.account.defineProperties([textField('plan_wanted'), { ...textField('afterword_number'), isUnique: true }])
  await world.useMapping(creatingMapping(world.account))
  await ask(world, plan)
  if (isImported) await world.importCrm()
  return world
}

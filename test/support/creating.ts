import type { Crm } from '../../src/crm/index.ts'
import { pushConnection } from '../../src/sync/index.ts'
import type { Account, Kind } from './accounts/account.ts'
import type { AtEnd } from './database.ts'
import { ask, plan } from './items.ts'
import { mappingFor } from './mappings.ts'
import { endLinger } from './open-world.ts'
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

export const april = { at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }
export const may = { at: '2025-05-10T10:00:00Z', turns: ['I want the Team plan.'] }

/** The same, with what tests of callers whom the CRM does not have need. */
export async function openCallers(kind: Kind, atEnd: AtEnd) {
  const world = await openCreating(kind, atEnd)
  let people = 100
  return {
    world,
    /** Somebody of a test's own, whom no CRM has. */
    somebody() {
      people += 1
      return { number: `+12125550${people}`, id: `call_${people}` }
    },
    /** The contacts that were created for a number. */
    of: (number: string) => world.account.contacts().filter(({ properties }) => properties.afterword_number === number),
    /** Pushes with an adapter that is ours but for one function. */
    async pushWith(instead: Partial<Crm>) {
      const { db, log, model, next, crm } = world
      await endLinger(world)
      return pushConnection({ db, log, model, next, now: () => new Date() }, { ...crm, ...instead })
    },
  }
}

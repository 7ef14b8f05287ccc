import type { PropertyDraft, Seed } from './accounts/account.ts'
import type { World } from './world.ts'

export function textField(name: string): PropertyDraft {
  return { name, type: 'string', fieldType: 'text' }
}

export function longTextField(name: string): PropertyDraft {
  return { name, type: 'string', fieldType: 'textarea' }
}

export function numberField(name: string): PropertyDraft {
  return { name, type: 'number', fieldType: 'number' }
}

export function booleanField(name: string): PropertyDraft {
  return { name, type: 'bool', fieldType: 'booleancheckbox' }
}

export function datetimeField(name: string): PropertyDraft {
  return { name, type: 'datetime', fieldType: 'date' }
}

/** A contact in the first CRM that our index knows; returns its id there. */
export async function addContact(world: World, seed: Seed): Promise<string> {
  const [id = ''] = world.account.createContacts([seed])
  await world.importCrm()
  return id
}

/** How many rows were sent to be written, since the sandboxes started. */
export function rowsWritten({ accounts }: Pick<World, 'accounts'>): number {
  return accounts.reduce((sum, account) => sum + account.count('write').rows, 0)
}

/** How often histories were asked for, since the sandboxes started. */
export function historyCalls({ accounts }: Pick<World, 'accounts'>): number {
  return accounts.reduce((sum, account) => sum + account.historyCalls(), 0)
}

import type { SeedContact } from '../../src/sandbox/hubspot/index.ts'
import type { World } from './world.ts'

export function textField(name: string) {
  return { name, type: 'string', fieldType: 'text' }
}

export function numberField(name: string) {
  return { name, type: 'number', fieldType: 'number' }
}

/** A contact in HubSpot that our index knows; returns its id there. */
export async function addContact(world: World, seed: SeedContact): Promise<string> {
  const [id = ''] = world.hubspot.createContacts([seed])
  await world.importCrm()
  return id
}

/** How many rows were sent to be written, since the sandbox started. */
export function rowsWritten({ hubspot }: World): number {
  return hubspot.requests().operations['contacts.batch_update']?.rows ?? 0
}

/** How often histories were asked for, since the sandbox started. */
export function historyCalls({ hubspot }: World): number {
  return hubspot.requests().historyReads.calls
}

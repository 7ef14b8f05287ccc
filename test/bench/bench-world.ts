import { readFile } from 'node:fs/promises'
import { closeDb, connect, startThrowaway } from '../../src/db/index.ts'
import { createLog } from '../../src/log.ts'
import type { Kind } from '../support/accounts/account.ts'
import { openWorld, type World } from '../support/open-world.ts'
import { textField } from '../support/records.ts'

const shippedMapping = new URL('../../mappings/contacts.yaml', import.meta.url)

/** Lets `work` have an installation on sandbox vendors, with a database of its own and the mapping that ships. */
export async function inWorld<T>(work: (world: World) => Promise<T>, more: Record<string, string> = {}): Promise<T> {
  return inBareWorld(async (world) => {
    defineFields(world)
    await world.useMapping(await readFile(shippedMapping, 'utf8'))
    return await work(world)
  }, more)
}

/** The same without a mapping, and with a connection of this kind. */
export async function inBareWorld<T>(
  work: (world: World) => Promise<T>,
  more: Record<string, string> = {},
  kind: Kind = 'hubspot',
): Promise<T> {
  await using ends = new AsyncDisposableStack()
  const server = await startThrowaway({ log: createLog('error') })
  ends.defer(server.stop)
  const db = connect(server.url)
  ends.defer(() => closeDb(db))
  const settings = { AFTERWORD_LOG_LEVEL: 'error', ...more }
  const atEnd = (end: () => Promise<unknown>) => ends.defer(async () => void (await end()))
  const world = await openWorld({ db, url: server.url }, { settings, kinds: [kind], atEnd })
  return await work(world)
}

/** The fields that the mapping writes and HubSpot has not from the start. */
export function defineFields({ hubspot }: World): void {
  hubspot.defineProperties([
    textField('last_call_summary'),
    textField('last_sentiment'),
    { name: 'last_call_successful', type: 'bool', fieldType: 'booleancheckbox' },
    { name: 'last_call_at', type: 'datetime', fieldType: 'date' },
  ])
}

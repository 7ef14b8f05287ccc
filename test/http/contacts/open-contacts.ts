import Retell from 'retell-sdk'
import { listen } from '../../../src/http/index.ts'
import type { AtEnd } from '../../support/database.ts'
import type { World } from '../../support/world.ts'
import { openAppOn } from '../open-app.ts'

/** The service of a world on a port of its own, and the source product's SDK that calls it. */
export async function openContacts(world: World, atEnd: AtEnd) {
  const opened = await openAppOn(world)
  const listening = await listen(opened.app, { host: '127.0.0.1', port: 0 })
  atEnd(() => listening.close())
  const retell = new Retell({ apiKey: opened.key, baseURL: listening.url, maxRetries: 0 })
  /** The status and message that a call is refused with. */
  const refusal = async (call: Promise<unknown>): Promise<[number, string]> => {
    try {
      await call
    } catch (error) {
      if (!(error instanceof Retell.APIError)) throw error
      const body: unknown = error.error
      const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : ''
      return [error.status ?? 0, String(message)]
    }
    throw new Error('the call was answered')
  }
  return { ...opened, url: listening.url, retell, refusal }
}

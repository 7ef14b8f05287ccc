import { setLive } from '../agents/index.ts'
import { importConversations, takeRetellEvent } from '../conversations/index.ts'
import type { Built } from './open-installation.ts'
import type { UseCases } from './use-cases.ts'

type Intake = Pick<UseCases, 'setLive' | 'importConversations' | 'retellKeys' | 'takeRetellEvent'>

/** The use cases by which conversations come in. */
export function bindIntake({ config, db, next, now }: Built): Intake {
  const deps = { db, now, next, defaultCountry: config.defaultCountry }
  return {
    setLive: (input) => setLive(deps, input),
    importConversations: (input) => importConversations(deps, input),
    retellKeys: config.retell.flatMap(({ name: account, webhookKeys }) => webhookKeys.map((key) => ({ account, key }))),
    takeRetellEvent: (input) => takeRetellEvent(deps, input),
  }
}

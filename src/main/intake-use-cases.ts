import { agentSettings, setLive } from '../agents/index.ts'
import { importConversations, type PullReport, pullConversations, takeRetellEvent } from '../conversations/index.ts'
import { AppError, notFound } from '../errors.ts'
import type { Built } from './open-installation.ts'
import type { UseCases } from './use-cases.ts'

/** The use cases by which conversations come in. */
export function bindIntake({ config, db, log, next, now }: Built) {
  const deps = { db, log, now, next, defaultCountry: config.defaultCountry }
  return {
    agentSettings: (id) => agentSettings(db, id),
    setLive: (input) => setLive(deps, input),
    importConversations: (input) => importConversations(deps, input),
    pullRetell: async ({ account: name, ...input }) => {
      const accounts = config.retell.filter((each) => name === undefined || each.name === name)
      if (accounts.length === 0) throw name === undefined ? noAccount() : notFound('retell_account', name)
      const reports: Record<string, PullReport | null> = {}
      for (const account of accounts) reports[account.name] = await pullConversations(deps, { ...input, account })
      return reports
    },
    retellKeys: config.retell.flatMap(({ name: account, webhookKeys }) => webhookKeys.map((key) => ({ account, key }))),
    takeRetellEvent: (input) => takeRetellEvent(deps, input),
  } satisfies Partial<UseCases>
}

function noAccount(): AppError {
  const message = 'no Retell account is named: AFTERWORD_RETELL=main and AFTERWORD_RETELL_MAIN_API_KEY name one'
  return new AppError('retell_account.none', 'stop', message, { status: 409 })
}

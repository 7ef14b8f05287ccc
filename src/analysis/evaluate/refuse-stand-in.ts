import { AppError } from '../../errors.ts'
import { isStandIn, type Model, wayTo } from '../../model/index.ts'

/**
 * Throws `evaluation.not_live` (stop) where what is about to be asked is no real model: the sandbox, a stand-in by its name, or
 * an endpoint without a key.
 */
export function refuseStandIn(model: Model, asked: readonly string[]): void {
  const standIn = asked.find(isStandIn)
  if (model.profile.isSandbox)
    throw notLive(
      'this installation runs on the sandbox: start it without AFTERWORD_SANDBOX, with the key of a provider',
    )
  if (standIn !== undefined) throw notLive(`${standIn} is a stand-in: let AFTERWORD_MODELS name a real model`)
  // Where nothing is asked yet, the first provider is the one that would be.
  const ways = asked.length > 0 ? asked.map((name) => wayTo(model, name)) : [model]
  for (const { profile } of new Set(ways)) {
    const setting = profile.provider === null ? 'OPENAI' : `AFTERWORD_PROVIDER_${profile.provider.toUpperCase()}`
    if (profile.apiKey === 'none') throw notLive(`there is no key: set ${setting}_API_KEY`)
  }
}

/** The same of models that have answered: a stand-in says who it is, whatever it was asked as. */
export function refuseAnswersOfStandIn(answered: readonly string[]): void {
  const standIn = answered.find(isStandIn)
  if (standIn !== undefined)
    throw notLive(`${standIn}, a stand-in, has answered: this proves nothing about a real model`)
  if (answered.length === 0) throw notLive('no model has answered: nothing was compared')
}

function notLive(why: string): AppError {
  return new AppError('evaluation.not_live', 'stop', `no live evaluation: ${why}`, { status: 422 })
}

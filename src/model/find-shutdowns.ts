import { factsOf, type PriceTable } from './prices.ts'
import { type ModelProfile, providerModel } from './profile.ts'

/** Time enough to try another model, and to compare the two with `afterword eval`. */
const soonDays = 60
const dayMs = 24 * 60 * 60_000

/** A model of the provider that is, or soon will be, gone. */
export type Shutdown = { model: string; isOver: boolean; warning: string }

type Model = { profile: Pick<ModelProfile, 'models'>; prices: PriceTable }

/**
 * The models that have been shut down, or will be within 60 days, each with a sentence: what it answers for, its day (in UTC), what
 * to do. `named` are the names that configs give, with how many agents do (0: none, such as `merge`). With `only`, those alone are
 * looked at; else also whatever AFTERWORD_MODELS gives. Pure.
 */
export function findShutdowns(
  { profile, prices }: Model,
  now: Date,
  named: ReadonlyMap<string, number>,
  { only = false } = {},
): Shutdown[] {
  const answersFor = new Map<string, string[]>()
  if (!only) for (const model of Object.values(profile.models)) answersFor.set(model, [])
  for (const [name, agents] of named) {
    // A name that nothing answers for is told of where it is asked for.
    if (!Object.hasOwn(profile.models, name) && !Object.hasOwn(profile.models, '*')) continue
    const model = providerModel(profile, name)
    const who = agents === 0 ? name : `${name} of ${agents} ${agents === 1 ? 'agent' : 'agents'}`
    answersFor.set(model, [...(answersFor.get(model) ?? []), who])
  }
  return [...answersFor].flatMap(([model, names]): Shutdown[] => {
    const { shutsDownOn, asOf } = factsOf(prices, model)
    if (shutsDownOn === null) return []
    const days = Math.ceil((Date.parse(shutsDownOn) - now.getTime()) / dayMs)
    if (days > soonDays) return []
    const isOver = days <= 0
    const when = isOver ? 'was shut down' : 'is shut down'
    const left = isOver ? '' : `, in ${days} ${days === 1 ? 'day' : 'days'}`
    const whose = names.length === 0 ? '' : `, which answers for ${names.join(', ')},`
    const advice = 'give it a successor in AFTERWORD_MODELS'
    return [
      { model, isOver, warning: `${model}${whose} ${when} on ${shutsDownOn}${left} (known as of ${asOf}): ${advice}` },
    ]
  })
}

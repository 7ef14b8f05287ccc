import type { Trx } from '../db/index.ts'
import { factsOf, findShutdowns, type Model, providerModel } from '../model/index.ts'
import { type Merges, mergeName } from './estimate-merges.ts'
import { frozenConfigs } from './frozen-configs.ts'
import type { Frozen } from './types.ts'

/** One sentence for every model of a plan that is, or soon will be, shut down, and for every one of which nobody knows the price. */
export async function warnOfModels(
  deps: { db: Trx; model: Model; now: () => Date },
  frozen: Frozen,
  merges: Merges | undefined,
): Promise<string[]> {
  const { profile, prices } = deps.model
  const agents = Map.groupBy((await frozenConfigs(deps.db, frozen)).values(), ({ config }) => config.model)
  const named = new Map([...agents].map(([name, configs]) => [name, configs.length]))
  if (merges && merges.texts > 0) named.set(mergeName, 0)
  const asked = new Set([...named.keys()].map((name) => providerModel(profile, name)))
  return [
    ...findShutdowns(deps.model, deps.now(), named, { only: true }).map(({ warning }) => warning),
    ...[...asked]
      .filter((model) => factsOf(prices, model).price === null)
      .map((model) => `what ${model} costs is not known, and is counted as nothing here: AFTERWORD_PRICES can tell it`),
  ]
}

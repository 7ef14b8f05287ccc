import { configSchema, configsForRerun } from '../../agents/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import type { Trx } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { type CompiledItem, compileItems } from '../compile-items.ts'
import type { Analysis } from '../types.ts'

/**
 * The items a conversation can have a word on: those of the config that its current analysis was made with, then those of what a
 * rerun would ask, then whatever some analysis of it has found. Undefined where nothing says of which type one is.
 */
export async function knownItems(
  trx: Trx,
  conversation: Conversation,
  analyses: readonly Analysis[],
): Promise<Map<string, CompiledItem | undefined>> {
  const current = analyses.find((analysis) => analysis.current)
  const known = new Map<string, CompiledItem | undefined>()
  const configs = [current && (await storedConfig(trx, current.configHash)), await draftOf(trx, conversation)]
  for (const config of configs) {
    const items = config ? compileItems(config, conversation.kind) : []
    for (const item of items) if (!known.has(item.name)) known.set(item.name, item)
  }
  for (const { fields } of analyses)
    for (const name of Object.keys(fields)) if (!known.has(name)) known.set(name, undefined)
  return known
}

async function storedConfig(trx: Trx, hash: string) {
  const query = trx.selectFrom('analysis_configs').select('config').where('hash', '=', hash)
  return configSchema.parse((await query.executeTakeFirstOrThrow()).config)
}

/** Undefined where a rerun has none: the items of all agents do not fit one analysis, or one of them is not ours. */
async function draftOf(trx: Trx, conversation: Conversation) {
  const [config] = await configsForRerun(trx, [conversation])
  return config instanceof AppError ? undefined : config?.config
}

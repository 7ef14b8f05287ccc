import type { Db } from '../../db/index.ts'
import type { Model } from '../../model/index.ts'
import { prepareExtractions } from '../prepare.ts'
import type { AnalysisInput } from '../types.ts'
import type { Asked } from './store.ts'

/** No run: looked for before there is one. */
const noRun = 0

/** By what a rerun is known while a model is asked for it; null where none is to be asked. Changes nothing. */
export async function askedOf(
  deps: { db: Db; model: Model },
  input: Omit<AnalysisInput, 'runId'>,
): Promise<Asked | null> {
  const { conversationId, config, keep = true } = input
  const prepared = (await prepareExtractions(deps, [{ ...input, runId: noRun }])).get(conversationId)
  if (prepared?.from !== 'question') return null
  // What a config of no version found cannot be kept, so it is no answer to who asks the same with a version.
  const requestHash = config.version === null ? `${prepared.requestHash} inline` : prepared.requestHash
  return { conversationId, requestHash, isPreview: !keep }
}

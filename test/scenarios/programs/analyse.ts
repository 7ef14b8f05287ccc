import { configHash, type FrozenConfig } from '../../../src/agents/index.ts'
import { type AnalysisInput, type Extraction, keepAnalyses } from '../../../src/analysis/index.ts'
import { startRun } from '../../../src/audit/index.ts'
import { type Trx, transact } from '../../../src/db/index.ts'
import { noLimits } from '../../../src/limits/index.ts'
import type { FieldValue } from '../../../src/mapping/index.ts'
import { noUsage } from '../../../src/model/index.ts'
import { startAttempt } from '../../../src/model/start-attempt.ts'
import type { World } from '../../support/world.ts'

/** What one run finds: per conversation its answers by CRM field, or a failure. */
export type Findings = { [conversationId: string]: { [item: string]: FieldValue } | 'failed' }

const model = 'sandbox-extractive-1'
const analysed = { items: [], model }
const config: FrozenConfig = {
  agentId: 'chat_agent_1',
  version: 1,
  isDraft: true,
  hash: configHash(analysed),
  config: analysed,
}

/**
 * Lets runs find what a program says they find, through the doors of the product: each run is opened, its analyses are kept and
 * announced, unless they are previews. What was found before comes from the cache, as the same request would. Answers per run its
 * id, and the number of its last analysis.
 */
export async function analyse(
  { db, next, actor }: World,
  found: readonly Findings[],
  { keep }: { keep: boolean },
): Promise<{ runId: number; number: number }[]> {
  if (found.length === 0) return []
  return transact(db, async (trx) => {
    const runIds: number[] = []
    const extractions: Extraction[] = []
    for (const findings of found) {
      const runId = await startRun(trx, { kind: 'rerun', actor, reason: 'a program says so' })
      runIds.push(runId)
      for (const [conversationId, fields] of Object.entries(findings)) {
        extractions.push(await extractionOf(trx, { conversationId, config, runId, keep }, fields))
      }
    }
    const results = await keepAnalyses(trx, { now: () => new Date(), next }, extractions)
    return runIds.map((runId) => {
      const last = extractions.findLastIndex(({ input }) => input.runId === runId)
      return { runId, number: results[last]?.number ?? 0 }
    })
  })
}

async function extractionOf(trx: Trx, input: AnalysisInput, fields: Findings[string]): Promise<Extraction> {
  const { conversationId, runId } = input
  const isOk = fields !== 'failed'
  const requestHash = isOk ? JSON.stringify(fields) : `failed ${runId}`
  const stored = await trx
    .selectFrom('analyses')
    .select(['id', 'number'])
    .where('conversation_id', '=', conversationId)
    .where('request_hash', '=', requestHash)
    .executeTakeFirst()
  if (stored && isOk) return { from: 'cache', input, analysis: { ...stored, outcome: 'ok', fields } }
  const deps = { db: trx, now: () => new Date(), model: { limits: noLimits } }
  const id = await startAttempt(deps, { purpose: 'analysis', conversationId, runId, model, atMostUsd: 0 })
  return {
    from: 'model',
    input,
    attempt: { id, outcome: isOk ? 'ok' : 'invalid', requestId: null, usage: noUsage, costUsd: 0 },
    outcome: isOk ? 'ok' : 'invalid',
    reason: null,
    fields: isOk ? fields : {},
    requestHash,
    model,
    costUsd: 0,
    successful: null,
    sentiment: null,
  }
}

import { afterAll } from 'vitest'
import { type AnalysisConfig, configHash, type FrozenConfig } from '../../src/agents/index.ts'
import type { AnalysisAnnouncements, KeptAnalysis } from '../../src/analysis/index.ts'
import { startRun } from '../../src/audit/index.ts'
import type { Turn } from '../../src/conversations/index.ts'
import { type Db, json, transact } from '../../src/db/index.ts'
import { type Model, openModel, profileOf } from '../../src/model/index.ts'
import { type ModelSandbox, startModelSandbox } from '../../src/sandbox/model/index.ts'
import { createTestDatabase } from '../support/database.ts'

export const now = new Date('2026-11-21T12:00:00Z')

export type House = {
  db: Db
  sandbox: ModelSandbox
  /** What was announced so far. */
  announced: KeptAnalysis[]
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements }
}

/** A database with one agent, a sandbox model, and deps that remember what was announced. */
export async function openHouse(): Promise<House> {
  const { db } = await createTestDatabase()
  const sandbox = await startModelSandbox({})
  afterAll(() => sandbox.close())
  const announced: KeptAnalysis[] = []
  const next: AnalysisAnnouncements = {
    async analysisKept(_, kept) {
      announced.push(...kept)
    },
  }
  const settings = {
    url: sandbox.url,
    apiKey: 'sandbox-model',
    models: { '*': 'sandbox-extractive-1' },
    isSandbox: true,
  }
  const model = openModel(profileOf(settings), { backoffMs: 1 })
  await db.insertInto('agents').values({ id: 'agent_1', kind: 'call', name: 'Sales "A"' }).execute()
  return { db, sandbox, announced, deps: { db, model, now: () => now, next } }
}

/** Stores a call of these turns. */
export async function storeCall(db: Db, id: string, turns: Turn[], status = 'ended'): Promise<void> {
  const at = new Date('2026-03-04T15:09:00Z')
  await db
    .insertInto('conversations')
    .values({ id, kind: 'call', agent_id: 'agent_1', status, started_at: at, spoken_at: at, content_hash: id })
    .execute()
  await db
    .insertInto('transcripts')
    .values({ conversation_id: id, turns: json(turns) })
    .execute()
}

export function frozen(config: AnalysisConfig): FrozenConfig {
  return { agentId: 'agent_1', version: 3, isDraft: true, hash: configHash(config), config }
}

export function newRun(db: Db): Promise<number> {
  const actor = { kind: 'cli', name: 'test' } as const
  return transact(db, (trx) => startRun(trx, { kind: 'rerun', actor, reason: 'test' }))
}

export function analysesOf(db: Db, conversationId: string) {
  return db.selectFrom('analyses').selectAll().where('conversation_id', '=', conversationId).orderBy('number').execute()
}

export function attemptsOf(db: Db, conversationId: string) {
  return db.selectFrom('attempts').selectAll().where('conversation_id', '=', conversationId).orderBy('id').execute()
}

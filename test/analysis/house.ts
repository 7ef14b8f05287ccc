import { afterAll, beforeEach } from 'vitest'
import { type AnalysisConfig, configHash, type FrozenConfig } from '../../src/agents/index.ts'
import {
  type AnalysisAnnouncements,
  type AnalysisInput,
  type AnalysisResult,
  analyseConversation,
  type KeptAnalysis,
} from '../../src/analysis/index.ts'
import { startRun } from '../../src/audit/index.ts'
import type { Turn } from '../../src/conversations/index.ts'
import { type Db, json, transact } from '../../src/db/index.ts'
import { type Model, openModel, profileOf } from '../../src/model/index.ts'
import { type ModelSandbox, startModelSandbox } from '../../src/sandbox/model/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { forgetProvider } from '../support/forget-provider.ts'
import { budget, company, configOf, said } from './sample.ts'

export const now = new Date('2026-11-21T12:00:00Z')

export const dialogue = said(
  ...['agent', 'Welcome! What is your budget?', 'user', 'My budget is 1500 dollars, "all in" \\ 👋.'],
  ...['agent', 'And which company do you work for?', 'user', 'The company is Müller.', 'agent', 'Great, goodbye!'],
)
export const config = frozen(configOf(budget, company))

export type House = {
  db: Db
  sandbox: ModelSandbox
  /** What was announced in this test. */
  announced: KeptAnalysis[]
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements }
  /** Stores a call, the dialogue above unless told, and returns its id. */
  newCall(turns?: Turn[], status?: string): Promise<string>
  /** Analyses a call with the config above and a run of its own, unless told. */
  rerun(conversationId: string, differences?: Partial<AnalysisInput>): Promise<AnalysisResult>
}

type Manners = Parameters<typeof startModelSandbox>[0]['manners'] & object

/** A database with one agent, a sandbox model reset before each test, and deps that remember what was announced; the model may have other manners than OpenAI's. */
export async function openHouse(manners: Manners = {}, endpoint: 'chat' | 'responses' = 'chat'): Promise<House> {
  const { db } = await createTestDatabase()
  const sandbox = await startModelSandbox({ manners })
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
    profile: { name: null, keys: { endpoint } },
    isSandbox: true,
  }
  const model = openModel(profileOf(settings), { backoffMs: 1 })
  await db.insertInto('agents').values({ id: 'agent_1', kind: 'call', name: 'Sales "A"' }).execute()
  beforeEach(async () => {
    sandbox.admin.reset()
    announced.length = 0
    await forgetProvider({ db, model })
  })
  const deps = { db, model, now: () => now, next }
  let calls = 0
  return {
    db,
    sandbox,
    announced,
    deps,
    async newCall(turns = dialogue, status = 'ended') {
      calls += 1
      await storeCall(db, `call_${calls}`, turns, status)
      return `call_${calls}`
    },
    async rerun(conversationId, differences = {}) {
      const runId = differences.runId ?? (await newRun(db))
      return analyseConversation(deps, { conversationId, config, runId, ...differences })
    },
  }
}

async function storeCall(db: Db, id: string, turns: Turn[], status: string): Promise<void> {
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

import type { importAgents, saveDraft } from '../../agents/index.ts'
import type { Actor } from '../../audit/index.ts'
import type { Backfill, BackfillReport, BackfillStatus, PlanInput } from '../../backfill/index.ts'
import type { importConversations } from '../../conversations/index.ts'
import type { Explanation, RunPushes } from '../../sync/index.ts'

/** What the demo acts on: a running service on sandbox vendors, its samples, and the sandbox CRM seen from outside. */
export type DemoHost = {
  samples: {
    agents: unknown
    conversations: object[]
    /** The agent whose prompt the demo edits, and the edit. */
    agentId: string
    draft: Record<string, unknown>
    /** A rep types something into the CRM. Returns who it is about. */
    editAsRep(): string
  }
  crm: {
    /** The names of the people in the CRMs, by record id. */
    nameOf(externalId: string): string
    /** The sandboxes' own states by connection, for whoever checks the demo. */
    state(): unknown
  }
  modelName: string
  importRecords(input: { connection?: string }): Promise<unknown>
  importAgents(input: Parameters<typeof importAgents>[1]): ReturnType<typeof importAgents>
  importConversations(input: Parameters<typeof importConversations>[1]): ReturnType<typeof importConversations>
  /** How many conversations have been analysed so far, and what a run has pushed. */
  analysed(): Promise<number>
  runPushes(runId: number): Promise<RunPushes>
  saveDraft(input: Parameters<typeof saveDraft>[1]): ReturnType<typeof saveDraft>
  planBackfill(input: PlanInput): Promise<Backfill>
  startBackfill(input: { id: number; actor: Actor }): Promise<Backfill>
  backfillStatus(id: number): Promise<BackfillStatus>
  reportBackfill(id: number): Promise<BackfillReport>
  explainField(input: { contact: string; field: string }): Promise<Explanation>
}

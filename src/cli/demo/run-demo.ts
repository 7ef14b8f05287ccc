import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '../../audit/index.ts'
import type { BackfillReport } from '../../backfill/index.ts'
import type { Filter } from '../../filters/index.ts'
import { followBackfill } from '../show/follow-backfill.ts'
import { showCells } from '../show/show-cells.ts'
import { showPlan } from '../show/show-plan.ts'
import { showStatus } from '../show/show-status.ts'
import { count } from '../show/words.ts'
import type { DemoHost } from './demo-host.ts'

const actor: Actor = { kind: 'cli', name: 'demo' }
/** The backfill leaves out what was said before. */
const since = Date.parse('2026-09-20T00:00:00Z')
const patienceMs = 60_000

/**
 * Plays the product's main job once, on sandbox vendors and twelve sample conversations: a first analysis, one prompt
 * edited in a draft, a plan, a backfill, and what became of every CRM field; then the same backfill again. Prints as it
 * goes; `reportFile` gets the same as JSON, to be held against the sandbox's own state.
 */
export async function runDemo(host: DemoHost, print: (text: string) => void, reportFile: string | null): Promise<void> {
  const { samples, crm } = host
  print(
    `Afterword demo. HubSpot, Salesforce and the model are sandboxes; the model is ${host.modelName}, a lexical stand-in, no language model.\n`,
  )

  print('1. Conversations come in and are analysed with the published prompts')
  await host.importAgents({ file: samples.agents, actor })
  await host.importRecords({})
  await firstAnalysis(host, print)

  print(`\n2. A rep types into HubSpot: ${samples.editAsRep()} gets another last_call_summary by hand`)

  print('\n3. One prompt is edited in a draft: call_summary')
  const draft = await host.saveDraft({ agentId: samples.agentId, kind: 'call', body: samples.draft, actor })
  print(`   version ${draft.version} of ${draft.agentId} is a draft, based on version ${draft.baseVersion ?? 'none'}`)

  print('\n4. A plan: nothing is run, nothing is written')
  const report = await backfill(host, print, 'the summary prompt was rewritten')

  print('\n5. What became of the CRM fields\n')
  print(showCells(report.cells, crm.nameOf))
  print(`\n${showStatus(report.status)}`)

  print('\n6. The same backfill again')
  const again = await backfill(host, print, 'once more')
  const { calls } = again.status.pushes
  print(`   ${again.status.modelCalls} model calls, ${calls.write} CRM writes, ${calls.history} history calls`)
  if (reportFile !== null) await writeFile(reportFile, JSON.stringify(toJson(report, crm.state())))
}

async function firstAnalysis(host: DemoHost, print: (text: string) => void): Promise<void> {
  const lines = host.samples.conversations.map((conversation) => JSON.stringify(conversation))
  const imported = await host.importConversations({ lines, actor, reason: 'demo', analyse: true })
  // Two of the samples hold nothing to analyse: a voicemail, and a call that nobody took.
  const expected = lines.length - 2
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
    if ((await host.analysed()) < expected || imported.runId === null) continue
    const pushes = await host.runPushes(imported.runId)
    if (pushes.waiting > 0) continue
    print(
      `   ${count(imported.stored, 'conversation')} stored, ${expected} analysed, ${count(pushes.recordsWritten, 'CRM record')} written`,
    )
    return
  }
  throw new Error('the first analysis did not come to an end within a minute')
}

async function backfill(host: DemoHost, print: (text: string) => void, reason: string): Promise<BackfillReport> {
  const filter: Filter = {
    kind: 'any',
    conditions: [
      { field: 'agent', anyOf: [{ agentId: host.samples.agentId, versions: [] }] },
      { field: 'start_timestamp', test: { type: 'number', op: 'ge', value: since } },
    ],
  }
  const plan = await host.planBackfill({ filter, actor, reason })
  print(showPlan(plan))
  await host.startBackfill({ id: plan.id, actor })
  await followBackfill(() => host.backfillStatus(plan.id), print)
  return host.reportBackfill(plan.id)
}

function toJson(report: BackfillReport, sandbox: unknown) {
  const cells = report.cells.map(({ connection, externalId, field, before, after, decision }) => ({
    connection,
    record: externalId,
    field,
    before,
    after,
    decision,
  }))
  return { cells, sandbox }
}

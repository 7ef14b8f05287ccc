import { ask, keepAnalyses } from '../../../src/analysis/index.ts'
import { transact } from '../../../src/db/index.ts'
import { openModel, profileOf } from '../../../src/model/index.ts'
import type { World } from '../../support/open-world.ts'
import { isModelCall, noteRequests } from '../bare.ts'
import { inWorld } from '../bench-world.ts'
import { type Figure, median } from '../figures.ts'
import { measureInFlight } from '../in-flight.ts'
import { inLanes } from '../lanes.ts'
import { withModelServer } from '../model-server.ts'
import { measurePromptBytes } from '../prompt-bytes.ts'
import { conversationsOf, newRun, prepareBatch } from '../questions.ts'
import { agentOf, settle, type Town } from '../town.ts'

const standIn = { apiKey: 'sandbox-model', models: { '*': 'sandbox-extractive-1' }, isSandbox: true }
const [warmUps, rounds] = [8, 25]
const town: Town = { name: 'a', people: 100, calls: 256 }
const concurrency = 32

const items = [
  { type: 'string', name: 'caller_name', description: 'The full name of the caller.', examples: ['Casey Number 12'] },
  { type: 'number', name: 'budget', description: 'The budget that the caller names, in dollars.' },
  { type: 'number', name: 'team_size', description: 'How many people are in the team of the caller.' },
  { type: 'enum', name: 'day', description: 'The day of the delivery.', choices: ['Monday', 'Tuesday', 'Wednesday'] },
  { type: 'boolean', name: 'wants_offer', description: 'Whether the caller asks for an offer by e-mail.' },
  { type: 'string', name: 'city', description: 'The city that the office is in.' },
  { type: 'string', name: 'product', description: 'The product that the caller asks about.' },
]

/**
 * What a conversation costs this process in CPU time, from its rows to its stored analysis, beside sending the very same request by the
 * `openai` package and parsing the answer; how many calls it keeps in flight; and what it sends beside the least that could be sent.
 * The model stands in a process of its own, PostgreSQL too: their work does not count.
 */
export function measure(): Promise<Figure[]> {
  const sent = noteRequests()
  return withModelServer((server) =>
    inWorld(async (installation) => {
      // Asked as OpenAI is, whom the stand-in is as strict as.
      const world = { ...installation, model: openModel(profileOf({ ...standIn, url: server.url })) }
      await settle(world, [town])
      await world.useCases.saveDraft({
        agentId: agentOf(town.name),
        kind: 'call',
        body: { post_call_analysis_data: items },
        actor: world.actor,
      })
      const ours: number[] = []
      const bare: number[] = []
      for (let round = 0; round < warmUps + rounds; round += 1) {
        sent.length = 0
        const engine = await cpuMs(() => analyseAll(world))
        const bodies = sent.filter(isModelCall).map(({ init }) => JSON.parse(String(init.body)))
        if (bodies.length !== town.calls)
          throw new Error(`${bodies.length} model calls for ${town.calls} conversations`)
        const alone = await cpuMs(() => inLanes(bodies, concurrency, (body) => askBare(world, body)))
        // The first are for the compilers of both: after 2,000 conversations neither gets faster.
        if (round < warmUps) continue
        ours.push(engine / town.calls)
        bare.push(alone / town.calls)
      }
      return [
        {
          // Round by round: the machine's own ups and downs are in both.
          name: `CPU of the engine, beside the same calls made bare (${median(ours).toFixed(2)} and ${median(bare).toFixed(2)} ms a conversation)`,
          median: median(ours.map((ms, round) => ms / (bare[round] ?? Number.NaN))),
          baseline: 1,
          bar: 1.5,
          unit: 'of the bare calls',
          better: 'lower',
        },
        await measureInFlight(world, server, agentOf(town.name)),
        ...(await measurePromptBytes(world)),
      ]
    }),
  )
}

/** As a backfill does it: prepared in batches, so many asked at once, kept in one transaction a batch. */
async function analyseAll(world: World): Promise<void> {
  const { db, model } = world
  // What an analysis leads to in the CRM is not extraction.
  const next = { analysisKept: async () => undefined }
  const deps = { db, model, next, now: () => new Date() }
  const runId = await newRun(world)
  for (const batch of await conversationsOf(world, [agentOf(town.name)])) {
    const questions = await prepareBatch(world, batch, runId)
    const extractions = await inLanes(questions, concurrency, (question) => ask(deps, question))
    const results = await transact(db, (trx) => keepAnalyses(trx, deps, extractions))
    if (results.some(({ outcome }) => outcome !== 'ok')) throw new Error('an analysis is not ok')
  }
}

async function askBare(
  { model }: World,
  body: Parameters<World['model']['openai']['chat']['completions']['create']>[0],
) {
  const completion = await model.openai.chat.completions.create({ ...body, stream: false })
  return JSON.parse(completion.choices[0]?.message.content ?? '')
}

/** User and system time of this process, all its threads. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

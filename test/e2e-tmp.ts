import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseConfig } from '../src/config.ts'
import { startThrowaway } from '../src/db/index.ts'
import { createLog } from '../src/log.ts'
import { activateMappingFiles, openInstallation, startWorking } from '../src/main.ts'
import { startHubspotSandbox, startModelSandbox } from '../src/sandbox/index.ts'
const log = createLog(process.env.LL ?? 'warn')
const pg = await startThrowaway({ log })
const hub = await startHubspotSandbox({ searchLagMs: 0 } as never)
const mod = await startModelSandbox({})
for (const f of ['last_call_summary','last_sentiment']) hub.defineProperties([{ name: f, type: 'string', fieldType: 'text' } as never])
hub.defineProperties([{ name: 'last_call_successful', type: 'bool', fieldType: 'booleancheckbox' } as never, { name: 'last_call_at', type: 'datetime', fieldType: 'date' } as never])
const csv = readFileSync('../shared/data/contacts.csv','utf8').trim().split('\n').slice(1).map(l=>l.split(','))
hub.createContacts(csv.map(([f,l,e,p])=>({ properties: { firstname:f,lastname:l,email:e,phone:p } })) as never)
const config = parseConfig({ DATABASE_URL: pg.url, AFTERWORD_CONNECTIONS: 'main', AFTERWORD_CONNECTION_MAIN_KIND: 'hubspot', AFTERWORD_CONNECTION_MAIN_TOKEN: 'sandbox-hubspot', AFTERWORD_CONNECTION_MAIN_URL: hub.url, OPENAI_API_KEY: 'sandbox-model', OPENAI_BASE_URL: mod.url, AFTERWORD_MODELS: '*=sandbox-extractive-1', AFTERWORD_SANDBOX: '1' })
const inst = await openInstallation(config, log)
await activateMappingFiles(inst)
await startWorking(inst)
const actor = { kind: 'cli', name: 'test' } as const
const u = inst.useCases
console.time('agents'); console.log((await u.importAgents({ file: JSON.parse(readFileSync('../shared/data/agents.json','utf8')), actor })).length); console.timeEnd('agents')
for (const f of ['star-calls','star-chats']) { console.time(f); console.log(await u.importConversations({ lines: createInterface({ input: createReadStream(`../shared/data/${f}.jsonl`) }), actor, reason: 'import', analyse: false })); console.timeEnd(f) }
await u.requestImport()
await sleep(2500)
for (const round of [1,2]) {
  console.time('backfill'+round)
  const plan = await u.planBackfill({ filter: { kind: 'any', conditions: [] }, actor, reason: 'all' })
  console.log(JSON.stringify(plan.estimate))
  await u.startBackfill({ id: plan.id, actor })
  for (;;) { const s = await u.backfillStatus(plan.id); if (s.settled || (s.backfill.state !== 'running' && s.backfill.state!=='done')) { console.log(JSON.stringify(s, (k,v)=>k==='frozen'||k==='estimate'||k==='filter'?undefined:v)); break } await sleep(300) }
  console.timeEnd('backfill'+round)
  console.log(JSON.stringify(hub.requests()))
}
console.log(await inst.db.selectFrom('attempts').select((e)=>[e.fn.sum('input_tokens').as('in'),e.fn.sum('output_tokens').as('out'),e.fn.sum('cached_tokens').as('cached'),e.fn.countAll().as('n')]).execute())
const r = await u.reportBackfill(1)
console.log(r.cells.slice(0,6), r.cells.length)
console.log(JSON.stringify(await u.explainField({ contact: csv[0]![3]!, field: 'last_call_summary' }), null, 1).slice(0,3000))
await inst.close(); await hub.close(); await mod.close(); await pg.stop()

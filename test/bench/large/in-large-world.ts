import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { activateMappingFiles } from '../../../src/main/index.ts'
import { mappingFor } from '../../support/mappings.ts'
import type { World } from '../../support/open-world.ts'
import { inBareWorld } from '../bench-world.ts'
import { type CrmServer, withCrmServers } from '../crm/crm-servers.ts'
import { type ModelServer, withModelServer } from '../model-server.ts'
import { agents } from './large-town.ts'

export type Vendors = { hubspot: CrmServer; model: ModelServer }

/** Lets `work` have an installation whose vendors are processes of their own, answer at once and know no limits, with one rule and two agents. */
export async function inLargeWorld<T>(work: (world: World, vendors: Vendors) => Promise<T>): Promise<T> {
  await using ends = new AsyncDisposableStack()
  const mappings = await mkdtemp(path.join(tmpdir(), 'afterword-bench-'))
  ends.defer(() => rm(mappings, { recursive: true }))
  return await withCrmServers(({ hubspot }) =>
    withModelServer((model) => {
      const settings = {
        AFTERWORD_CONNECTION_MAIN_URL: hubspot.url,
        AFTERWORD_CONNECTION_MAIN_PER_TEN_SECONDS: '100000',
        AFTERWORD_CONNECTION_MAIN_OTHERS_PERCENT: '0',
        // What changed in the CRM is read every five minutes, our own writes with it: that is no part of a backfill.
        AFTERWORD_CONNECTION_MAIN_IMPORT_MINUTES: '0',
        OPENAI_BASE_URL: model.url,
        AFTERWORD_MAPPINGS: mappings,
      }
      return inBareWorld(async (world) => {
        await hubspot.configure({ latencyMs: 0, rateScale: 10_000 })
        const rules = [{ from: 'call_summary', to: 'last_call_summary' }]
        await writeFile(path.join(mappings, 'contacts.yaml'), mappingFor(world.account, rules))
        await activateMappingFiles(world)
        for (const agentId of Object.values(agents))
          await world.useCases.saveDraft({
            agentId,
            kind: 'call',
            body: { post_call_analysis_data: [] },
            actor: world.actor,
          })
        return work(world, { hubspot, model })
      }, settings)
    }),
  )
}

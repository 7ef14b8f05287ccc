import { type HubspotSandbox, startHubspotSandbox } from './hubspot/index.ts'
import { type ModelSandbox, startModelSandbox } from './model/index.ts'
import { fillHubspot } from './samples/index.ts'

/** How to address the stand-ins. */
export const sandboxVendors = {
  hubspotToken: 'sandbox-hubspot',
  modelKey: 'sandbox-model',
  modelName: 'sandbox-extractive-1',
}

export type Sandbox = {
  hubspot: HubspotSandbox
  models: ModelSandbox
  /** The sample people's record ids in the CRM. */
  peopleByEmail: Map<string, string>
  close(): Promise<void>
}

/** Starts stand-ins for HubSpot and the model API, on `firstPort` and the next, or on free ones; with the sample people in the CRM. */
export async function startSandbox(options: { firstPort?: number } = {}): Promise<Sandbox> {
  const { firstPort } = options
  await using ends = new AsyncDisposableStack()
  const hubspot = await startHubspotSandbox(firstPort === undefined ? {} : { port: firstPort })
  ends.defer(hubspot.close)
  const models = await startModelSandbox(firstPort === undefined ? {} : { port: firstPort + 1 })
  ends.defer(models.close)
  const started = ends.move()
  return {
    hubspot,
    models,
    peopleByEmail: fillHubspot(hubspot),
    close: () => started.disposeAsync(),
  }
}

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
  const [hubspot, models] = await Promise.all([
    startHubspotSandbox(firstPort === undefined ? {} : { port: firstPort }),
    startModelSandbox(firstPort === undefined ? {} : { port: firstPort + 1 }),
  ])
  return {
    hubspot,
    models,
    peopleByEmail: fillHubspot(hubspot),
    close: async () => void (await Promise.all([hubspot.close(), models.close()])),
  }
}

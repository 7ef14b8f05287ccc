import { type HubspotSandbox, startHubspotSandbox } from './hubspot/index.ts'
import { type ModelSandbox, startModelSandbox } from './model/index.ts'
import { fillHubspot } from './samples/index.ts'

export type Sandbox = {
  hubspot: HubspotSandbox
  models: ModelSandbox
  /** The sample people's record ids in the CRM. */
  peopleByEmail: Map<string, string>
  /** How to reach the stand-ins. */
  hubspotToken: string
  modelKey: string
  modelName: string
  close(): Promise<void>
}

/** Starts stand-ins for HubSpot and the model API on free ports, with the sample people in the CRM. */
export async function startSandbox(): Promise<Sandbox> {
  const [hubspot, models] = await Promise.all([startHubspotSandbox(), startModelSandbox({})])
  return {
    hubspot,
    models,
    peopleByEmail: fillHubspot(hubspot),
    hubspotToken: 'sandbox-hubspot',
    modelKey: 'sandbox-model',
    modelName: 'sandbox-extractive-1',
    close: async () => void (await Promise.all([hubspot.close(), models.close()])),
  }
}

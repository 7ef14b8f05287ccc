import { type HubspotSandbox, startHubspotSandbox } from './hubspot/index.ts'
import { type ModelSandbox, startModelSandbox } from './model/index.ts'
import { type RetellSandbox, startRetellSandbox } from './retell/index.ts'
import { type SalesforceSandbox, startSalesforceSandbox } from './salesforce/index.ts'
import { fillHubspot, fillSalesforce, sampleAgents, sampleConversations } from './samples/index.ts'

/** How to address the stand-ins. */
export const sandboxVendors = {
  hubspotToken: 'sandbox-hubspot',
  salesforceClientId: 'sandbox-salesforce',
  salesforceClientSecret: 'sandbox-salesforce-secret',
  retellKey: 'sandbox-retell',
  modelKey: 'sandbox-model',
  modelName: 'sandbox-extractive-1',
}

export type Sandbox = {
  hubspot: HubspotSandbox
  models: ModelSandbox
  salesforce: SalesforceSandbox
  retell: RetellSandbox
  /** The sample people's record ids in HubSpot. */
  peopleByEmail: Map<string, string>
  /** The same in Salesforce. */
  salesforcePeopleByEmail: Map<string, string>
  close(): Promise<void>
}

/**
 * Starts stand-ins for HubSpot, the model API, Salesforce and Retell, on `firstPort` and the next three, or on free ones; with the
 * sample people in both CRMs, and their conversations at Retell.
 */
export async function startSandbox(options: { firstPort?: number } = {}): Promise<Sandbox> {
  const { firstPort } = options
  await using ends = new AsyncDisposableStack()
  const hubspot = await startHubspotSandbox(firstPort === undefined ? {} : { port: firstPort })
  ends.defer(hubspot.close)
  const models = await startModelSandbox(firstPort === undefined ? {} : { port: firstPort + 1 })
  ends.defer(models.close)
  const salesforce = await startSalesforceSandbox(firstPort === undefined ? {} : { port: firstPort + 2 })
  ends.defer(salesforce.close)
  const retell = await startRetellSandbox(firstPort === undefined ? {} : { port: firstPort + 3 })
  ends.defer(retell.close)
  retell.add(...sampleConversations)
  retell.addAgents(sampleAgents)
  const started = ends.move()
  return {
    hubspot,
    models,
    salesforce,
    retell,
    peopleByEmail: fillHubspot(hubspot),
    salesforcePeopleByEmail: fillSalesforce(salesforce),
    close: () => started.disposeAsync(),
  }
}

export { type HubspotSandbox, startHubspotSandbox } from './hubspot/index.ts'
export { type ModelSandbox, startModelSandbox } from './model/index.ts'
export { deskAgentId, draftWithShortSummary, editAsRep, sampleAgents, sampleConversations } from './samples/index.ts'
export { type Sandbox, sandboxVendors, startSandbox } from './start-sandbox.ts'

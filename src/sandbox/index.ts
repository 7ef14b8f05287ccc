export { type HubspotSandbox, startHubspotSandbox } from './hubspot/index.ts'
export { type ModelSandbox, startModelSandbox } from './model/index.ts'
export {
  deskAgentId,
  editAsRep,
  editedSummaryPrompt,
  fillHubspot,
  sampleAgents,
  sampleConversations,
} from './samples/index.ts'

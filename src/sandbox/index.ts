export { type HubspotSandbox, startHubspotSandbox } from './hubspot/index.ts'
export { type ModelSandbox, startModelSandbox } from './model/index.ts'

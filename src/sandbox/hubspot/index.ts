export type { SeedContact } from './admin.ts'
export { type HubspotSandbox, type HubspotSandboxOptions, startHubspotSandbox } from './server.ts'

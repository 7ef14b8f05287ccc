export { type HubspotSandbox, type HubspotSandboxOptions, startHubspotSandbox } from './server.ts'

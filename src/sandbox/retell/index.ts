export { type RetellSandbox, type RetellSandboxOptions, startRetellSandbox } from './server.ts'

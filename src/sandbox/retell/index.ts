export { type RetellSandbox, startRetellSandbox } from './server.ts'

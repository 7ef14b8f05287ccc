export type { FaultOrder } from './faults.ts'
export { type ModelSandbox, startModelSandbox } from './server.ts'

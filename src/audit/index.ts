export { type Actor, actorLabel } from './actor.ts'
export { type AuditEntry, recordEntry } from './record-entry.ts'
export { runKinds } from './run-kinds.ts'
export { type NewRun, startRun } from './start-run.ts'

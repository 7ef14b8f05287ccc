export { closeDb, connect, type Db, type Trx } from './connect.ts'
export { startEmbedded } from './embedded/start.ts'
export { startThrowaway } from './embedded/throwaway.ts'
export { json } from './json.ts'
export { lockUntilEnd, shareUntilEnd } from './lock-until-end.ts'
export { migrateToLatest, pendingMigrations } from './migrate.ts'
export { rehearse } from './rehearse.ts'
export type {
  AnalysisOutcome,
  Author,
  BackfillState,
  ContributionState,
  ConversationKind,
  Database,
  ForgottenKind,
  Period,
  RunKind,
  ScheduleRunState,
  TriggerState,
} from './schema.ts'
export { afterCommit, transact } from './transact.ts'
export { withLock } from './with-lock.ts'

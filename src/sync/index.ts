export { activateFolders } from './activate-folders.ts'
export { activateMappings } from './activate-mappings.ts'
export type { SyncAnnouncements } from './announcements.ts'
export { awaitsPush } from './awaits-push.ts'
export { contribute } from './contribute.ts'
export { dropHeld, holdRun, releaseHeld } from './contribution-store.ts'
export { makePlan, type PlanDeps } from './exact-plan/make-plan.ts'
export {
  bindPlan,
  openPlan,
  type Plan,
  type PlanRow,
  planRows,
  readPlan,
} from './exact-plan/store.ts'
export { type Explanation, explainField } from './explain-field.ts'
export { linkConversations } from './link/link-conversations.ts'
export { linkedConversations } from './linked-conversations.ts'
export { activeMappings, mappingsByHash, rulesFor } from './mapping-store.ts'
export { lingerSeconds, markedConnections, markRecords, priorities } from './marks.ts'
export { moveLinks } from './move-links.ts'
export { planUndo } from './plan-undo.ts'
export { type PushReport, pushConnection } from './push/push-connection.ts'
export { relinkConversations } from './relink.ts'
export { listRunCells, type RunReport, reportRun } from './report-run.ts'
export { type RunCell, runCells } from './run-cells.ts'
export { nothingPushed, type PushTotals, type RunPushes, runPushes } from './run-pushes.ts'
export type { DecisionKind } from './says.ts'
export { undoRun } from './undo-run.ts'

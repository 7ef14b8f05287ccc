/** The closed sets that the tables' checks allow. */

export type RunKind = 'intake' | 'rerun' | 'backfill' | 'correction' | 'undo' | 'import' | 'activation'
export type ConversationKind = 'call' | 'chat'
export type AnalysisOutcome = 'ok' | 'refused' | 'filtered' | 'truncated' | 'invalid' | 'empty' | 'transport'
export type ContributionState = 'held' | 'pending' | 'current' | 'superseded' | 'undone'
export type Author = 'person' | 'automation' | 'import' | 'unknown'
export type Period = 'day' | 'month'
export type BackfillState = 'planned' | 'running' | 'paused' | 'done' | 'cancelled'

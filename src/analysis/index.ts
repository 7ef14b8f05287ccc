export { analyseConversation } from './analyse-conversation.ts'
export { ask } from './ask.ts'
export { clean } from './clean.ts'
export { type CompiledConfig, compileConfig, compileFrozen } from './compile.ts'
export { correctField } from './corrections/correct-field.ts'
export { listCorrections } from './corrections/list-corrections.ts'
export { type Correction, selectCorrections } from './corrections/store.ts'
export { withCorrections } from './corrections/with-corrections.ts'
export { type ComparedItem, compareItems } from './diff/compare-items.ts'
export { type AnalysesDiff, diffAnalyses } from './diff/diff-analyses.ts'
export { type ItemChanges, tallyChanges } from './diff/tally-changes.ts'
export { belowGate } from './evaluate/below-gate.ts'
export { type Evaluation, type EvaluationInput, evaluateConfig } from './evaluate/evaluate-config.ts'
export { gateQuarrels, readGateResult } from './evaluate/gate-quarrels.ts'
export type { PlannedCalls } from './evaluate/plan-calls.ts'
export type { ItemScore, Score } from './evaluate/score.ts'
export { extract } from './extract.ts'
export { keepAnalyses } from './keep-analyses.ts'
export { keepAnalysis } from './keep-analysis.ts'
export { type ContactConversation, listContactConversations } from './list-contact-conversations.ts'
export { analysesById, currentAnalyses, currentAnalysis, fieldsById, listAnalyses, loadAnalyses } from './load-store.ts'
export { parkAnalysis } from './park-analysis.ts'
export { analysedBy, setCurrent } from './point-current.ts'
export { type Prepared, prepareExtractions } from './prepare.ts'
export { presetsOf } from './presets.ts'
export { engineVersion } from './request-hash.ts'
export { type ConfigChoice, rerunConfig } from './rerun-config.ts'
export { type Rerun, rerunConversation } from './rerun-conversation.ts'
export { releasedRuns } from './store.ts'
export { countParked, takeUpParked } from './take-up-parked.ts'
export { toCallAnalysis } from './to-call-analysis.ts'
export type {
  Analysis,
  AnalysisAnnouncements,
  AnalysisInput,
  AnalysisResult,
  CorrectionAnnouncements,
  Extraction,
  KeptAnalysis,
} from './types.ts'
export { keepVendorAnalyses } from './vendor/keep-vendor-analyses.ts'
export { readVendorAnalysis } from './vendor/read-vendor-analysis.ts'
export type { Fields } from './verdict.ts'

export { extract } from './extract.ts'
export { keepAnalyses } from './keep-analyses.ts'
export { currentAnalysis, loadAnalyses } from './load-store.ts'
export { engineVersion } from './request-hash.ts'
export { analyseConversation } from './rerun.ts'
export { type RetellAnalysis, toCallAnalysis } from './to-call-analysis.ts'
export type {
  Analysis,
  AnalysisAnnouncements,
  AnalysisInput,
  AnalysisResult,
  Extraction,
  KeptAnalysis,
} from './types.ts'
export type { Fields } from './verdict.ts'
export type { SkipReason } from './worth-analysing.ts'

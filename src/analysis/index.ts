export { compileConfig } from './compile.ts'
export { extract } from './extract.ts'
export { keepAnalyses } from './keep-analyses.ts'
export { analysesById, currentAnalysis, loadAnalyses } from './load-store.ts'
export { analysedBy, setCurrent } from './point-current.ts'
export { engineVersion } from './request-hash.ts'
export { analyseConversation } from './analyse-conversation.ts'
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
export { rerunConversation } from './rerun-conversation.ts'

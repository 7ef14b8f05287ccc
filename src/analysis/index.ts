export { analyseConversation } from './analyse-conversation.ts'
export { ask } from './ask.ts'
export { compileConfig } from './compile.ts'
export { extract } from './extract.ts'
export { keepAnalyses } from './keep-analyses.ts'
export { analysesById, currentAnalyses, currentAnalysis, loadAnalyses } from './load-store.ts'
export { parkAnalysis } from './park-analysis.ts'
export { analysedBy, setCurrent } from './point-current.ts'
export { type Prepared, prepareExtractions } from './prepare.ts'
export { rerunConfig } from './rerun-config.ts'
export { rerunConversation } from './rerun-conversation.ts'
export { countParked, takeUpParked } from './take-up-parked.ts'
export { toCallAnalysis } from './to-call-analysis.ts'
export type {
  Analysis,
  AnalysisAnnouncements,
  AnalysisInput,
  AnalysisResult,
  Extraction,
  KeptAnalysis,
} from './types.ts'

export { checkMappings } from './check-mappings.ts'
export { cutText } from './cut-text.ts'
export { evaluate } from './evaluate.ts'
export { loadMappingFolders } from './files.ts'
export { compareSpoken, type Folded, fold, isStep } from './fold.ts'
export { formatValue } from './format-value.ts'
export { jsonSchema } from './json-schema.ts'
export { parseMapping } from './parse-mapping.ts'
export { formatProblem, type Problem } from './problem.ts'
export type {
  FieldStatus,
  FieldValue,
  FoldRule,
  Mapping,
  MatchStep,
  Merge,
  MergedTexts,
  Mode,
  Rule,
  Says,
  SetEvent,
  Spoken,
  StepEvent,
  TimelineEvent,
  Value,
} from './types.ts'
export type { Kinds } from './unknown-targets.ts'

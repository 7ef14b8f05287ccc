export { checkMappings } from './check-mappings.ts'
export { creationTexts } from './creation-texts.ts'
export { cutText } from './cut-text.ts'
export { declaredNameProblem } from './declared-fields.ts'
export { describeIssue } from './describe-issue.ts'
export { flowText } from './edit/flow-text.ts'
export { readSetting } from './edit/read-setting.ts'
export { type Edit, editMapping, editMappingBy, type RuleName } from './edit-mapping.ts'
export { evaluate } from './evaluate.ts'
export { factNamed } from './facts.ts'
export { createMappingFile, loadMappingFolders, readMappingFile, saveMappingFile, yamlFiles } from './files.ts'
export { compareSpoken, type Folded, fold, isStep } from './fold.ts'
export { makesText } from './format.ts'
export { formatValue } from './format-value.ts'
export { isForAgent } from './is-for-agent.ts'
export { jsonSchema } from './json-schema.ts'
export type { Locate } from './locate.ts'
export { numberFieldsOf } from './number-fields-of.ts'
export { ownFieldProblem, ownFields } from './own-fields.ts'
export { parseMapping } from './parse-mapping.ts'
export { placesIn } from './places.ts'
export { plainRule } from './plain-rule.ts'
export { formatProblem, type Problem } from './problem.ts'
export { fieldsOf } from './quarrel.ts'
export { readYaml } from './read-yaml.ts'
export { itemsNamed, needsAnalysis, replacedItems } from './replaced-items.ts'
export { speakingRule } from './speaking-rule.ts'
export { mappingName } from './to-mapping.ts'
export type {
  Creation,
  CustomField,
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
export { type Watch, watchFolders } from './watch-folders.ts'

import { clashingKeys } from './clashing-keys.ts'
import { creationMistakes } from './creation-mistakes.ts'
import { describeIssue } from './describe-issue.ts'
import { fileQuarrels } from './file-quarrels.ts'
import { fileSchema } from './file-schema.ts'
import { ownMistakes } from './own-mistakes.ts'
import type { Problem } from './problem.ts'
import { readYaml } from './read-yaml.ts'
import { strayInstructions } from './stray-instructions.ts'
import { toMapping } from './to-mapping.ts'
import type { Mapping } from './types.ts'
import { type Kinds, unknownTargets } from './unknown-targets.ts'

/**
 * Reads one mapping file. Returns the mapping, or every problem at once in the order of the file; with `kinds` also a kind
 * of CRM that is none of them. Pure: `path` only names the file; never throws.
 */
export function parseMapping(
  text: string,
  path: string,
  kinds?: Kinds,
): { mapping: Mapping } | { problems: Problem[] } {
  const { misprints, content } = readYaml(text)
  if (content === null) return { problems: inOrder(path, misprints) }

  const { file, locate } = content
  const parsed = fileSchema.safeParse(file)
  const mistakes = [
    ...misprints,
    ...(parsed.error?.issues ?? [])
      .flatMap((issue) => describeIssue(issue, file))
      .map(({ path: at, isKey, message }) => ({ ...locate(at, isKey), message })),
    ...fileQuarrels(file, locate),
    ...ownMistakes(file, locate),
    ...creationMistakes(file, locate),
    ...clashingKeys(file, locate),
    ...strayInstructions(file, locate),
    ...(kinds ? unknownTargets(file, locate, kinds) : []),
  ]
  if (mistakes.length > 0 || !parsed.success) return { problems: inOrder(path, mistakes) }
  return { mapping: toMapping(parsed.data, { path, text, lineOf: (rule) => locate(['fields', rule]).line }) }
}

function inOrder(path: string, mistakes: Omit<Problem, 'path'>[]): Problem[] {
  return mistakes.map((mistake) => ({ path, ...mistake })).sort((a, b) => a.line - b.line || a.column - b.column)
}

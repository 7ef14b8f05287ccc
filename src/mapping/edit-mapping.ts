import { isDeepStrictEqual } from 'node:util'
import { nearest } from '../filters/index.ts'
import { type Path, splice } from './edit/splice.ts'
import { fileSchema } from './file-schema.ts'
import { parseMapping } from './parse-mapping.ts'
import type { Problem } from './problem.ts'
import { readYaml, type Yaml } from './read-yaml.ts'
import { rulesIn } from './rules-in.ts'
import type { Mapping } from './types.ts'
import type { Kinds } from './unknown-targets.ts'

/** A rule of a file: by the CRM's field it writes, and by its line where several write that one. */
export type RuleName = { to: string; line?: number }

/** `values` by their keys, such as `max_length` or `values` → `Positive`; `undefined` takes one away. */
export type Edit =
  | { change: 'set'; rule?: RuleName; values: readonly { path: Path; value: unknown }[] }
  | { change: 'add'; rule: Record<string, unknown> }
  | { change: 'remove'; rule: RuleName }

type Edited = { text: string; mapping: Mapping } | { problems: Problem[] }

/**
 * Changes a mapping file as text: what the edit does not name stays as it is to the character, comments and order included.
 * Returns the new text with its mapping, or every problem of it: of a file that is broken, of a rule that is not there, of what
 * would come out. Pure; `path` only names the file.
 */
export function editMapping(text: string, path: string, edit: Edit, kinds?: Kinds): Edited {
  return editMappingBy(text, path, [edit], kinds)
}

/** The same by several changes, one after another; only what comes out of all of them has to be right. */
export function editMappingBy(text: string, path: string, edits: readonly Edit[], kinds?: Kinds): Edited {
  let edited = text
  for (const edit of edits) {
    const next = change(edited, path, edit)
    if ('problems' in next) return next
    edited = next.text
  }
  const parsed = parseMapping(edited, path, kinds)
  return 'problems' in parsed ? parsed : { text: edited, mapping: parsed.mapping }
}

function change(text: string, path: string, edit: Edit): { text: string } | { problems: Problem[] } {
  const { misprints, content } = readYaml(text)
  if (content === null) return { problems: misprints.map((misprint) => ({ path, ...misprint })) }
  const steps = stepsOf(edit, content)
  if ('message' in steps) return { problems: [{ path, ...content.locate(['fields'], true), message: steps.message }] }
  let edited = text
  let holds = content.file
  for (const step of steps) {
    const next = splice(edited, step.path, step.value, Object.keys(fileSchema.shape))
    const wanted = withValue(holds, step.path, step.value)
    if (next === null || !isDeepStrictEqual(readYaml(next).content?.file, wanted)) {
      const message = `${step.path.join('.')} cannot be changed by itself: edit the file by hand`
      return { problems: [{ path, ...content.locate(step.path), message }] }
    }
    edited = next
    holds = wanted
  }
  return { text: edited }
}

type Step = { path: Path; value: unknown }

function stepsOf(edit: Edit, content: NonNullable<Yaml['content']>): Step[] | { message: string } {
  const { file } = content
  if (edit.change === 'add') return [{ path: ['fields', rulesIn(file).length], value: edit.rule }]
  if (edit.change === 'set' && edit.rule === undefined) return [...edit.values]
  const found = findRule(content, edit.rule ?? { to: '' })
  if ('message' in found) return found
  const rule = ['fields', found.place]
  if (edit.change === 'remove') return [{ path: rule, value: undefined }]
  return edit.values.map(({ path, value }) => ({ path: [...rule, ...path], value }))
}

function findRule(
  { file, locate }: NonNullable<Yaml['content']>,
  { to, line }: RuleName,
): { place: number } | { message: string } {
  const rules = rulesIn(file).map((rule, place) => ({
    place,
    to: targetOf(rule),
    line: locate(['fields', place]).line,
  }))
  const found = rules.filter((rule) => rule.to === to && (line === undefined || rule.line === line))
  const [only, ...others] = found
  if (only && others.length === 0) return only
  if (only) {
    const lines = found.map((rule) => rule.line).join(', ')
    return { message: `several rules write "${to}", in the lines ${lines}: say which by its line` }
  }
  const close = nearest(
    to,
    rules.map((rule) => rule.to),
  )
  const where = line === undefined ? '' : ` in line ${line}`
  return { message: `no rule writes "${to}"${where}${close === null ? '' : `; did you mean "${close}"?`}` }
}

function targetOf(rule: unknown): string {
  return typeof rule === 'object' && rule !== null ? String(Reflect.get(rule, 'to')) : ''
}

/** The plain value of a file with one value set or taken away: what the text has to come to. */
function withValue(old: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (Array.isArray(old)) {
    const inner = withValue(old[Number(step)], rest, value)
    return inner === undefined ? old.toSpliced(Number(step), 1) : Object.assign([...old], { [Number(step)]: inner })
  }
  const { [step]: before, ...others } = (old ?? {}) as Record<string | number, unknown>
  const inner = withValue(before, rest, value)
  return inner === undefined ? others : { ...others, [step]: inner }
}

import type { FieldDraft, FieldKind } from '../../crm/index.ts'
import { factNamed, makesText, type Rule, type Value } from '../../mapping/index.ts'
import { type Answers, type AskedItem, itemsOfRule } from '../check/answers.ts'
import { defaultOf, fieldsFor } from '../check/rule-facts.ts'

type Shape = Pick<FieldDraft, 'kind' | 'options' | 'isLong'>

const text = (isLong: boolean): Shape => ({ kind: 'text', options: null, isLong })
const plain = (kind: FieldKind): Shape => ({ kind, options: null, isLong: false })

const kindOfAnswer: Record<Exclude<Answers['type'], 'enum' | 'list' | 'string'>, FieldKind> = {
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
}

const kindOfFact: Partial<Record<string, FieldKind>> = { $ended_at: 'datetime', $duration_s: 'number' }

/** Text up to here fits a line; what is longer, or of any length, is written into several. */
const longestLine = 255

/** A rule with the items that it may read. */
type Reading = { rule: Rule; items: readonly AskedItem[] }

/** The field that holds what rules write that share it, as far as their mode lets it. Pure. */
export function fieldForRules(first: Reading, others: readonly Reading[]): Shape {
  const own = fieldForRule(first)
  const shape = others.map(fieldForRule).reduce(both, own)
  return fieldsFor(first.rule.mode)?.includes(shape.kind) === false ? own : shape
}

/** Fields that also hold what others hold; else fields of two kinds have only text in common. */
const wider: Partial<Record<FieldKind, FieldKind>> = { choice: 'choices', date: 'datetime' }

/** What holds the values of two fields. */
function both(one: Shape, other: Shape): Shape {
  const isLong = one.isLong || other.isLong
  const kind = [one.kind, other.kind].find((each) => holds(each, one.kind) && holds(each, other.kind))
  if (kind === undefined) return text(isLong)
  const options = [...new Set([...(one.options ?? []), ...(other.options ?? [])])]
  return { kind, isLong, options: options.length > 0 ? options : null }
}

function holds(kind: FieldKind, other: FieldKind): boolean {
  return kind === other || kind === wider[other]
}

/** By the rule's mode, by what it makes of the answers, else by what its items answer. */
function fieldForRule({ rule, items }: Reading): Shape {
  const isLong = rule.maxLength === null || rule.maxLength > longestLine
  if (rule.mode === 'merge') return text(true)
  if (makesText(rule)) return text(isLong)
  const wanted = rule.values === null ? fromItems(rule, items, isLong) : fromValues(rule)
  const kinds = fieldsFor(rule.mode)
  if (kinds === null || kinds.includes(wanted.kind)) return wanted
  // The mode decides, whatever is answered; of the options to choose from the answers tell.
  const [kind = wanted.kind] = kinds
  return { ...plain(kind), options: kind === 'choices' ? wanted.options : null }
}

function fromValues(rule: Rule): Shape {
  const said = [...Object.values(rule.values ?? {}), defaultOf(rule)?.value ?? null].filter((value) => value !== null)
  if (said.length > 0 && said.every((value) => typeof value === 'boolean')) return plain('boolean')
  if (said.length > 0 && said.every((value) => typeof value === 'number')) return plain('number')
  return ofChoices(said.some(Array.isArray) ? 'choices' : 'choice', said)
}

function fromItems(rule: Rule, items: readonly AskedItem[], isLong: boolean): Shape {
  const fact = factNamed(rule.from[0])
  if (fact !== null) return plain(kindOfFact[fact] ?? 'text')
  const answers = itemsOfRule(rule, items).map((item) => item.answers)
  const types = new Set(answers.map(({ type }) => type))
  const [type] = types
  // Items of several types have only text in common.
  if (type === undefined || types.size > 1 || type === 'string') return text(isLong)
  if (type !== 'enum' && type !== 'list') return plain(kindOfAnswer[type])
  if (answers.some(({ choices }) => choices === null)) return text(isLong)
  return ofChoices(
    type === 'enum' && rule.mode !== 'union' ? 'choice' : 'choices',
    answers.flatMap(({ choices }) => choices ?? []),
  )
}

function ofChoices(kind: 'choice' | 'choices', values: readonly Value[]): Shape {
  return { kind, isLong: false, options: [...new Set(values.flat().map(String))] }
}

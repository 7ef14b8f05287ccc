import type { AgentItems } from '../../agents/index.ts'
import { type CrmField, refusalOf } from '../../crm/index.ts'
import {
  factNamed,
  type Mapping,
  makesText,
  type Problem,
  placesIn,
  type Rule,
  type Value,
} from '../../mapping/index.ts'
import { type AskedItem, agentsOf, examplesOf, itemsOf, itemsOfRule } from './answers.ts'
import { kindWord, rightName } from './field-words.ts'
import { type Findings, problemsOf } from './findings.ts'

type At = ReturnType<typeof problemsOf>

/** What facts look like; those that are missing are free text. */
const factExamples: Partial<Record<string, Exclude<Value, null>>> = {
  $ended_at: '2026-01-31T12:00:00.000Z',
  $duration_s: 60,
}

/**
 * Whether the fields of a mapping take what its items answer, where `values` does not translate it, and whether its modes can
 * compare it. Free text onto a field that takes little of it is advice: it depends on the prompt. Pure.
 */
export function checkAnswers(mapping: Mapping, agents: readonly AgentItems[], fields: readonly CrmField[]): Findings {
  const at = problemsOf(mapping, placesIn(mapping.text))
  const items = itemsOf(agentsOf(mapping, agents))
  const findings: Findings = { problems: [], advice: [] }
  for (const [index, rule] of mapping.rules.entries()) {
    const field = fields.find(({ name }) => name === rule.field)
    if (!field?.writable) continue
    const asked = itemsOfRule(rule, items)
    findings.problems.push(...checkMode(rule, ['fields', index], field, asked, at))
    // What is counted is written as a number, and what a format or template makes as text, whatever it was.
    if (rule.values !== null || rule.mode === 'count' || makesText(rule)) continue
    findings.problems.push(...refusals(rule, ['fields', index, 'to'], field, asked, at))
    findings.advice.push(...freeText(['fields', index, 'to'], field, asked, at))
  }
  return findings
}

function checkMode(rule: Rule, place: PropertyKey[], field: CrmField, items: readonly AskedItem[], at: At): Problem[] {
  const mode = [...place, 'mode']
  const answers = rule.values === null ? items.map((item) => ({ name: item.name, type: item.answers.type })) : []
  if (rule.mode === 'any') {
    const others = answers.filter(({ type }) => type !== 'boolean')
    return others.map(({ name }) => at(mode, `mode any needs true or false; item ${name} answers neither`))
  }
  if ((rule.mode !== 'max' && rule.mode !== 'min') || field.kind !== 'number') return []
  const texts = answers.filter(({ type }) => type === 'string')
  return texts.map(({ name }) => at(mode, `mode ${rule.mode} compares numbers here; item ${name} answers text`))
}

function refusals(rule: Rule, to: PropertyKey[], field: CrmField, items: readonly AskedItem[], at: At): Problem[] {
  const { name, kind, options } = field
  const fact = factNamed(rule.from[0])
  const example = fact === null ? undefined : factExamples[fact]
  if (example !== undefined && refusalOf(field, example) !== null) {
    return [at(to, `"${name}" is ${kindWord(kind)} and does not take ${fact}`)]
  }
  return items.flatMap((item) => {
    if (item.answers.type === 'list' && !takingLists.includes(kind))
      return [at(to, `"${name}" is ${kindWord(kind)} and takes one value; item ${item.name} answers a list`)]
    const refused = examplesOf(item.answers).filter((answer) => refusalOf(field, answer) !== null)
    const [first] = refused
    if (first === undefined) return []
    const { type } = item.answers
    if (type === 'number' || type === 'date' || type === 'datetime')
      return [at(to, `"${name}" is ${kindWord(kind)}; item ${item.name} answers ${kindWord(type)}`)]
    const choices = refused.map((answer) => `"${answer}"`).join(', ')
    const right = options === null ? `it is ${kindWord(kind)}` : rightName(String(first), options)
    return [at(to, `"${name}" does not take ${choices} of item ${item.name}; ${right}; values can translate`)]
  })
}

/** Onto text a list is written with commas. */
const takingLists: readonly CrmField['kind'][] = ['choices', 'text']

const taking: readonly CrmField['kind'][] = ['text', 'date', 'datetime']

function freeText(to: PropertyKey[], field: CrmField, items: readonly AskedItem[], at: At): Problem[] {
  if (taking.includes(field.kind)) return []
  return (
    items
      // Where a list cannot go at all, that has been said.
      .filter(({ answers }) => answers.type !== 'list' || takingLists.includes(field.kind))
      .filter(({ answers }) => answers.type === 'string' || (answers.type === 'list' && answers.choices === null))
      .map(({ name }) => {
        const message = `item ${name} answers free text, of which "${field.name}" takes only what is ${kindWord(field.kind)}`
        return at(to, message)
      })
  )
}

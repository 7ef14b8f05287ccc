import { type RawBuilder, type SqlBool, sql } from 'kysely'
import {
  booleanOperand,
  type Condition,
  type Filter,
  jsonOperand,
  type KeyedField,
  numberOperand,
  passes,
  passesTime,
  type ScalarField,
  storable,
  type Test,
  textOperand,
} from '../filters/index.ts'

/**
 * The same as `matches` of the filters, as a condition for a query from `conversations`; what an analysis found is that of
 * the current one, and how it ended that of the newest. Pure. Differs in one corner: JSON numbers that JavaScript writes with an exponent, compared as text.
 */
export function filterSql(filter: Filter): RawBuilder<SqlBool> {
  const conditions = filter.conditions.map(conditionSql)
  if (filter.kind !== 'any') conditions.unshift(sql<SqlBool>`conversations.kind = ${filter.kind}`)
  return conditions.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`
}

function conditionSql(condition: Condition): RawBuilder<SqlBool> {
  if (condition.field === 'agent') return agentSql(condition.anyOf)
  if (condition.field === 'tool_calls') return toolCallSql(condition.tests)
  if ('key' in condition)
    return passes(condition.test, jsonOperand(valuesUnder[condition.field](storable(condition.key))))
  return passesScalar[condition.field](condition.test)
}

function agentSql(anyOf: { agentId: string; versions: number[] }[]): RawBuilder<SqlBool> {
  const agents = anyOf.map(({ agentId, versions }) => {
    const isAgent = sql<SqlBool>`conversations.agent_id = ${storable(agentId)}`
    return versions.length === 0 ? isAgent : sql<SqlBool>`(${isAgent} and ${isOneOf(versions)})`
  })
  return agents.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`(${sql.join(agents, sql` or `)})`
}

function toolCallSql(tests: { part: string; test: Test }[]): RawBuilder<SqlBool> {
  const passed = tests.map(({ part, test }) => passes(test, jsonOperand(sql`(made.call -> ${sql.lit(part)})`)))
  return sql<SqlBool>`exists (select from jsonb_array_elements(conversations.tool_calls) as made (call)
    where ${sql.join(passed, sql` and `)})`
}

function isOneOf(versions: number[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`conversations.agent_version = any(${versions}::float8[])`
}

type ScalarSql = (test: Test) => RawBuilder<SqlBool>

/** Of what is kept and not undone; `current` would only ever be ok. */
const outcomeOfNewest = sql`(select analyses.outcome from analyses join runs on runs.id = analyses.run_id
  where analyses.conversation_id = conversations.id and analyses.kept_at is not null and runs.undone_by is null
  order by analyses.number desc limit 1)`

const passesScalar: Record<ScalarField, ScalarSql> = {
  conversation_id: text('id'),
  status: text('status'),
  type: text('type'),
  direction: text('direction'),
  disconnection_reason: text('disconnection_reason'),
  from_number: text('from_number'),
  to_number: text('to_number'),
  start_timestamp: time('started_at'),
  end_timestamp: time('ended_at'),
  duration_ms: (test) => passes(test, numberOperand(sql`conversations.duration_ms`)),
  successful: (test) => passes(test, booleanOperand(ofCurrentAnalysis(sql`analyses.successful`))),
  user_sentiment: (test) => passes(test, textOperand(ofCurrentAnalysis(sql`analyses.sentiment`))),
  analysis_outcome: (test) => passes(test, textOperand(outcomeOfNewest)),
  in_voicemail: inRaw(sql`(conversations.kind || '_analysis')`, 'in_voicemail'),
  combined_cost: inRaw(sql`(conversations.kind || '_cost')`, 'combined_cost'),
  agent_tag: inRaw('agent_tag'),
  batch_call_id: inRaw('batch_call_id'),
  data_storage_setting: inRaw('data_storage_setting'),
  e2e_latency_p50: inRaw('latency', 'e2e', 'p50'),
}

const valuesUnder: Record<KeyedField, (key: string) => RawBuilder<unknown>> = {
  metadata: (key) => sql`(conversations.metadata -> ${key}::text)`,
  dynamic_variables: (key) => sql`(conversations.variables -> ${key}::text)`,
  custom_attributes: (key) => sql`(conversations.raw -> 'custom_attributes' -> ${key}::text)`,
  custom_analysis_data: (key) => ofCurrentAnalysis(sql`analyses.fields -> ${key}::text -> 'value'`),
}

function text(column: string): ScalarSql {
  return (test) => passes(test, textOperand(sql.ref(`conversations.${column}`)))
}

function time(column: string): ScalarSql {
  return (test) => passesTime(test, sql.ref(`conversations.${column}`))
}

/** A single value in what the vendor sent, under these names: `call_cost` (`chat_cost`), `combined_cost`. */
function inRaw(...names: (string | RawBuilder<unknown>)[]): ScalarSql {
  const steps = names.map((name) => (typeof name === 'string' ? sql.lit(name) : name))
  const value = sql`(${sql.join([sql`conversations.raw`, ...steps], sql` -> `)})`
  const single = sql`(case when jsonb_typeof(${value}) in ('string', 'number', 'boolean') then ${value} end)`
  return (test) => passes(test, jsonOperand(single))
}

function ofCurrentAnalysis(value: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select ${value} from analyses where analyses.conversation_id = conversations.id and analyses.current)`
}

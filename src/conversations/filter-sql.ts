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
  singleOperand,
  storable,
  type Test,
  textOperand,
} from '../filters/index.ts'

/**
 * The same as `matches` of the filters, as a condition for a query from `conversations`; what an analysis found is that of
 * the current one with what people have corrected in it, and how it ended that of the newest. Pure. Differs in one corner: JSON numbers that JavaScript writes with an exponent, compared as text.
 */
export function filterSql(filter: Filter): RawBuilder<SqlBool> {
  return passesAll(filter, lookedUp)
}

/** The same for a query in which `conversations` is joined with its current analysis as `analyses`. Pure. */
export function joinedFilterSql(filter: Filter): RawBuilder<SqlBool> {
  return passesAll(filter, joined)
}

/** Whether only what has a current analysis can pass. Pure. */
export function needsFindings({ conditions }: Filter): boolean {
  return conditions.some((condition) => {
    const isFound = ['successful', 'user_sentiment', 'custom_analysis_data'].includes(condition.field)
    return isFound && 'test' in condition && !passesAbsent(condition.test)
  })
}

const inColumns: readonly string[] = [
  'agent',
  'conversation_id',
  'status',
  'type',
  'direction',
  'disconnection_reason',
  'from_number',
  'to_number',
  'start_timestamp',
  'end_timestamp',
  'duration_ms',
] satisfies Condition['field'][]

/**
 * Of what stands in JSON the planner takes half a percent to pass, whatever it is, and would rather read and sort a whole time range than run
 * along it to the end of a page. Of a `case` it takes half (`clause_selectivity_ext` of PostgreSQL knows no better of an expression it does
 * not take apart). Of columns it knows for itself.
 */
function guessedAsHalf(condition: RawBuilder<SqlBool>): RawBuilder<SqlBool> {
  return sql<SqlBool>`(case when ${condition} then true else false end)`
}

/** Where a query finds what the current analysis of a conversation says, which conversation that is, and when it began. */
type Reach = {
  found: (value: RawBuilder<unknown>) => RawBuilder<unknown>
  id: RawBuilder<unknown>
  startedAt: RawBuilder<unknown>
}

const lookedUp: Reach = {
  found: (value) =>
    sql`(select ${value} from analyses where analyses.conversation_id = conversations.id and analyses.current)`,
  id: sql.ref('conversations.id'),
  startedAt: sql.ref('conversations.started_at'),
}
/** Both begin at one moment, and an index knows it beside what was found. */
const joined: Reach = {
  found: (value) => value,
  id: sql.ref('analyses.conversation_id'),
  startedAt: sql.ref('analyses.started_at'),
}

function passesAll(filter: Filter, reach: Reach): RawBuilder<SqlBool> {
  const conditions = filter.conditions.map((condition) => {
    const passed = conditionSql(condition, reach)
    return inColumns.includes(condition.field) ? passed : guessedAsHalf(passed)
  })
  if (filter.kind !== 'any') conditions.unshift(sql<SqlBool>`conversations.kind = ${filter.kind}`)
  return conditions.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`
}

function conditionSql(condition: Condition, reach: Reach): RawBuilder<SqlBool> {
  if (condition.field === 'agent') return agentSql(condition.anyOf)
  if (condition.field === 'tool_calls') return toolCallSql(condition.tests)
  if ('key' in condition) {
    const key = storable(condition.key)
    const passed = passes(condition.test, jsonOperand(valuesUnder[condition.field](key, reach)))
    return condition.field === 'custom_analysis_data' ? orCorrected([key], condition.test, passed, reach) : passed
  }
  return passesScalar[condition.field](condition.test, reach)
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

/** As the numbers that they are, or the planner knows nothing of them; no version is greater. */
function isOneOf(versions: number[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`conversations.agent_version = any(${versions.filter((each) => each < 2 ** 31)}::int[])`
}

/**
 * A person's word on an item in place of what was found: the newest that is not withdrawn. Whether there is any is asked first, which an
 * index alone tells. Where there is no current analysis that it stands against, only `np` and `ne` look at it: for all others lists run
 * along those.
 */
function orCorrected(items: string[], test: Test, passed: RawBuilder<SqlBool>, reach: Reach): RawBuilder<SqlBool> {
  const isOf = sql<SqlBool>`corrections.conversation_id = ${reach.id} and corrections.item = any(${items}::text[])`
  const word = sql`
    select corrections.value from corrections join runs on runs.id = corrections.run_id
    where ${isOf} and runs.undone_by is null order by corrections.run_id desc limit 1`
  const stands = sql`(select coalesce(${passes(test, jsonOperand(sql`word.value`))}, false) from (${word}) as word)`
  const isFound = reach === joined || passesAbsent(test) ? sql`true` : sql`coalesce(${reach.found(sql`true`)}, false)`
  return sql<SqlBool>`(case when exists (select from corrections where ${isOf})
    then coalesce(${stands} and ${isFound}, ${passed}) else ${passed} end)`
}

/** Whether what has no value at all passes, too. */
function passesAbsent({ op }: Test): boolean {
  return op === 'np' || op === 'ne'
}

type ScalarSql = (test: Test, reach: Reach) => RawBuilder<SqlBool>

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
  start_timestamp: (test, { startedAt }) => passesTime(test, startedAt),
  end_timestamp: (test) => passesTime(test, sql.ref('conversations.ended_at')),
  duration_ms: (test) => passes(test, numberOperand(sql`conversations.duration_ms`)),
  successful: (test, reach) => {
    const passed = passes(test, booleanOperand(reach.found(sql`analyses.successful`)))
    return orCorrected(['call_successful', 'chat_successful'], test, passed, reach)
  },
  user_sentiment: (test, reach) => {
    const passed = passes(test, textOperand(reach.found(sql`analyses.sentiment`)))
    return orCorrected(['user_sentiment'], test, passed, reach)
  },
  analysis_outcome: (test) => passes(test, textOperand(outcomeOfNewest)),
  in_voicemail: inRaw(sql`(conversations.kind || '_analysis')`, 'in_voicemail'),
  combined_cost: inRaw(sql`(conversations.kind || '_cost')`, 'combined_cost'),
  agent_tag: inRaw('agent_tag'),
  batch_call_id: inRaw('batch_call_id'),
  data_storage_setting: inRaw('data_storage_setting'),
  e2e_latency_p50: inRaw('latency', 'e2e', 'p50'),
}

const valuesUnder: Record<KeyedField, (key: string, reach: Reach) => RawBuilder<unknown>> = {
  metadata: (key) => sql`(conversations.metadata -> ${key}::text)`,
  dynamic_variables: (key) => sql`(conversations.variables -> ${key}::text)`,
  custom_attributes: (key) => sql`(conversations.raw -> 'custom_attributes' -> ${key}::text)`,
  custom_analysis_data: (key, { found }) => found(sql`analyses.fields -> ${key}::text -> 'value'`),
}

function text(column: string): ScalarSql {
  return (test) => passes(test, textOperand(sql.ref(`conversations.${column}`)))
}

/** A single value in what the vendor sent, under these names: `call_cost` (`chat_cost`), `combined_cost`. */
function inRaw(...names: (string | RawBuilder<unknown>)[]): ScalarSql {
  const steps = names.map((name) => (typeof name === 'string' ? sql.lit(name) : name))
  const value = sql`(${sql.join([sql`conversations.raw`, ...steps], sql` -> `)})`
  return (test) => passes(test, singleOperand(value))
}

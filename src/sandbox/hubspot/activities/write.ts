import type { HttpRequest } from '../../http.ts'
import { asObject } from '../../json.ts'
import type { Answer } from '../../request-log.ts'
import { shuffled } from '../../seeded-random.ts'
import { haveTraceIds, type Input, readInputs, refuseDuplicates } from '../batch-input.ts'
import type { Portal } from '../portal.ts'
import { invalidValues, nonUniqueIdProperty, type Problem, Refusal } from '../refusals.ts'
import { checkProperties } from '../validate.ts'
import { type Failure, failuresToWire } from '../write-failures.ts'
import { linkedContacts } from './associations.ts'
import { type ActivityObject, REQUIRED } from './definitions.ts'
import { renderActivity } from './render.ts'
import { type Activity, addActivity, changeActivity, findActivity, findActivityBy } from './store.ts'

type Verb = 'create' | 'update' | 'upsert'

type Write = { input: Input; activity: Activity | undefined; values: Map<string, string>; contacts: string[] }

/**
 * Creates, changes or upserts up to 100 activities, as contacts are (crm.md 1.2, 1.3): a bad row fails alone only where every
 * row has a trace id of its own, and results come shuffled. Creating takes associations; an upsert has none (crm.md 2.1).
 */
export function writeActivities(portal: Portal, object: ActivityObject, verb: Verb, request: HttpRequest): Answer {
  const inputs = readInputs(request.body, verb !== 'create')
  const { properties } = portal.activities
  for (const { idProperty } of inputs) {
    if (verb === 'create' || (verb === 'update' && idProperty === undefined)) continue
    if (!properties[object].get(idProperty ?? '')?.hasUniqueValue)
      throw nonUniqueIdProperty(idProperty ?? 'hs_object_id')
  }
  if (verb !== 'create') refuseDuplicates(inputs.map((input) => targetOf(portal, object, input)?.id ?? input.id ?? ''))
  const raw = asObject(request.body).inputs
  const given = Array.isArray(raw) ? raw.map(asObject) : []
  const links = given.map((input) => (verb === 'create' ? linkedContacts(portal, object, input.associations) : []))
  const judged = judge(portal, object, verb, inputs, links)
  if (!haveTraceIds(inputs)) refuseWhole(judged.failures)
  const results = judged.writes.map((write) => carryOut(portal, object, verb, write))
  const errors = failuresToWire(judged.failures)
  return {
    status: errors.length > 0 ? 207 : verb === 'create' ? 201 : 200,
    body: {
      status: 'COMPLETE',
      results: shuffled(portal.random, results),
      ...(errors.length > 0 && { errors, numErrors: errors.length }),
    },
    rows: inputs.length,
  }
}

function targetOf(portal: Portal, object: ActivityObject, { id = '', idProperty }: Input): Activity | undefined {
  return idProperty === undefined ? findActivity(portal, object, id) : findActivityBy(portal, object, idProperty, id)
}

function judge(portal: Portal, object: ActivityObject, verb: Verb, inputs: readonly Input[], links: string[][]) {
  const properties = portal.activities.properties[object]
  const claims = new Set<string>()
  const writes: Write[] = []
  const failures: Failure[] = []
  for (const [place, input] of inputs.entries()) {
    const activity = verb === 'create' ? undefined : targetOf(portal, object, input)
    if (verb === 'update' && !activity) {
      failures.push({ kind: 'missing', input })
      continue
    }
    const named = verb === 'upsert' && !activity ? { [input.idProperty ?? '']: input.id ?? '' } : {}
    const current = (name: string) => activity?.properties.get(name)
    const { values, problems } = checkProperties({ properties }, { ...named, ...input.properties }, current)
    const missing = activity ? [] : REQUIRED[object].filter((name) => !values.get(name))
    const all: Problem[] = [...problems, ...missing.map(required)]
    const existingId = all.length > 0 ? undefined : holderOf(portal, object, values, activity?.id, claims)
    if (all.length > 0) failures.push({ kind: 'values', input, problems: all })
    else if (existingId !== undefined) failures.push({ kind: 'conflict', input, existingId })
    else writes.push({ input, activity, values, contacts: links[place] ?? [] })
  }
  return { writes, failures }
}

function required(name: string): Problem {
  return { isValid: false, error: 'MISSING_REQUIRED_PROPERTY', message: `${name} is required`, name }
}

/** Who has one of the unique values already, or claims it further up in this batch. */
function holderOf(
  portal: Portal,
  object: ActivityObject,
  values: ReadonlyMap<string, string>,
  ownId: string | undefined,
  claims: Set<string>,
): string | undefined {
  for (const [name, value] of values) {
    if (value === '' || !portal.activities.properties[object].get(name)?.hasUniqueValue) continue
    const holder = findActivityBy(portal, object, name, value)
    if (holder && holder.id !== ownId) return holder.id
    if (claims.has(`${name} ${value}`)) return 'a row of this batch'
    claims.add(`${name} ${value}`)
  }
  return undefined
}

function refuseWhole(failures: readonly Failure[]): void {
  const problems = failures.flatMap((failure) => (failure.kind === 'values' ? failure.problems : []))
  if (problems.length > 0) throw invalidValues(problems)
  if (failures.some(({ kind }) => kind === 'conflict')) throw new Refusal(409, 'CONFLICT', 'Object already exists')
}

function carryOut(portal: Portal, object: ActivityObject, verb: Verb, { input, activity, values, contacts }: Write) {
  const target = activity ?? addActivity(portal, object)
  changeActivity(portal, target, values)
  for (const id of contacts) target.contacts.add(id)
  return {
    ...renderActivity(portal, target, [...values.keys()]),
    ...(verb === 'upsert' && { new: activity === undefined }),
    ...(portal.settings.echoTraceIds && input.traceId && { objectWriteTraceId: input.traceId }),
  }
}

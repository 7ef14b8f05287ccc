import type { HttpRequest } from '../http.ts'
import type { Answer } from '../request-log.ts'
import { shuffled } from '../seeded-random.ts'
import { haveTraceIds, type Input, readInputs, refuseDuplicates } from './batch-input.ts'
import { addContact, type Contact, changeContact, findByUnique, findContact, uniqueKey } from './contacts.ts'
import { authorOf } from './history.ts'
import type { Portal } from './portal.ts'
import { invalidValues, nonUniqueIdProperty, type Problem, Refusal } from './refusals.ts'
import { propertyValue, renderContact } from './render.ts'
import { checkProperties, movesLifecycleBack } from './validate.ts'
import { callOut, runWorkflows } from './workflows.ts'
import { type Failure, failuresToWire } from './write-failures.ts'

type Verb = 'create' | 'update' | 'upsert'

/** An input that was found good, and the contact it goes to; none is to be created. */
type Write = { input: Input; contact: Contact | undefined; values: Map<string, string> }

export function batchCreate(portal: Portal, request: HttpRequest): Answer {
  return batchWrite(portal, 'create', request)
}

export function batchUpdate(portal: Portal, request: HttpRequest): Answer {
  return batchWrite(portal, 'update', request)
}

export function batchUpsert(portal: Portal, request: HttpRequest): Answer {
  return batchWrite(portal, 'upsert', request)
}

function batchWrite(portal: Portal, verb: Verb, request: HttpRequest): Answer {
  const inputs = readInputs(request.body, verb !== 'create')
  for (const input of inputs) refuseIdProperty(portal, verb, input)
  if (verb !== 'create') refuseDuplicates(inputs.map((input) => targetKey(portal, input)))
  const { writes, failures } = judgeInputs(portal, verb, inputs)
  // An upsert by e-mail knows no partial success (crm.md 1.2).
  const partial =
    portal.settings.partialSuccess &&
    haveTraceIds(inputs) &&
    !(verb === 'upsert' && inputs.some(({ idProperty }) => idProperty === 'email'))
  if (!partial) refuseWhole(failures)
  const results = writes.map((write) => carryOut(portal, verb, write))
  const errors = failuresToWire(failures)
  const now = new Date(portal.clock()).toISOString()
  return {
    status: errors.length > 0 ? 207 : verb === 'create' ? 201 : 200,
    body: {
      completedAt: now,
      status: 'COMPLETE',
      startedAt: now,
      results: shuffled(portal.random, results),
      ...(errors.length > 0 && { errors, numErrors: errors.length }),
    },
    rows: inputs.length,
  }
}

/** Updates by e-mail or by `hs_object_id` are refused, upserts need a unique property (crm.md 1.2). */
function refuseIdProperty(portal: Portal, verb: Verb, { idProperty }: Input): void {
  if (verb === 'create' || (verb === 'update' && idProperty === undefined)) return
  const unique = portal.properties.get(idProperty ?? '')?.hasUniqueValue ?? false
  if (!unique || (verb === 'update' && idProperty === 'email')) throw nonUniqueIdProperty(idProperty ?? 'hs_object_id')
}

/** Two inputs are the same where they mean one contact, also through a merge. */
function targetKey(portal: Portal, input: Input): string {
  const contact = targetOf(portal, input)
  return contact?.id ?? uniqueKey(input.idProperty ?? '', input.id ?? '')
}

function targetOf(portal: Portal, { id = '', idProperty }: Input): Contact | undefined {
  return idProperty === undefined ? findContact(portal, id) : findByUnique(portal, idProperty, id)
}

function judgeInputs(portal: Portal, verb: Verb, inputs: readonly Input[]) {
  const claims = new Map<string, string>()
  const writes: Write[] = []
  const failures: Failure[] = []
  for (const input of inputs) {
    const contact = verb === 'create' ? undefined : targetOf(portal, input)
    if (verb === 'update' && !contact) {
      failures.push({ kind: 'missing', input })
      continue
    }
    const named = verb === 'upsert' && !contact ? { [input.idProperty ?? '']: input.id ?? '' } : {}
    const { values, problems } = checkProperties(portal, { ...named, ...input.properties }, (name) =>
      contact ? propertyValue(contact, name) : undefined,
    )
    const ownId = contact?.id ?? String(portal.nextId + writes.filter((write) => !write.contact).length)
    const existingId = problems.length > 0 ? undefined : claimUniqueValues(portal, claims, values, ownId)
    if (problems.length > 0) failures.push({ kind: 'values', input, problems })
    else if (existingId !== undefined) failures.push({ kind: 'conflict', input, existingId })
    else writes.push({ input, contact, values })
  }
  return { writes, failures }
}

/** The id of another contact that already has one of the unique values, or claimed it earlier in this batch. */
function claimUniqueValues(
  portal: Portal,
  claims: Map<string, string>,
  values: ReadonlyMap<string, string>,
  ownId: string,
): string | undefined {
  for (const [name, value] of values) {
    if (value === '' || !portal.properties.get(name)?.hasUniqueValue) continue
    const holder = findByUnique(portal, name, value)
    if (holder && holder.id !== ownId) return holder.id
    const claim = `${name}\n${uniqueKey(name, value)}`
    const claimant = claims.get(claim)
    if (claimant !== undefined) return claimant
    claims.set(claim, ownId)
  }
}

function refuseWhole(failures: readonly Failure[]): void {
  const problems: Problem[] = failures.flatMap((failure) => (failure.kind === 'values' ? failure.problems : []))
  if (problems.length > 0) throw invalidValues(problems)
  if (failures.some(({ kind }) => kind === 'conflict')) throw new Refusal(409, 'CONFLICT', 'Contact already exists')
}

function carryOut(portal: Portal, verb: Verb, { input, contact, values }: Write) {
  const us = authorOf('us', portal)
  const target = contact ?? addContact(portal, us)
  if (movesLifecycleBack(propertyValue(target, 'lifecyclestage'), values.get('lifecyclestage'))) {
    values.delete('lifecyclestage')
  }
  const changed = changeContact(portal, target, values, us)
  const result = {
    ...renderContact(portal, target, ['email', 'firstname', 'lastname', ...Object.keys(input.properties)]),
    ...(verb === 'upsert' && { new: contact === undefined }),
    ...(portal.settings.echoTraceIds && input.traceId && { objectWriteTraceId: input.traceId }),
  }
  callOut(portal, target, [...changed, ...runWorkflows(portal, target, changed)])
  return result
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { parse } from 'yaml'

type Schema = Record<string, unknown>
type Content = { content?: Record<string, { schema?: Schema }> }
type FileOperation = {
  operationId: string
  requestBody?: Content & { required?: boolean }
  responses: Record<string, Content & { description?: string; $ref?: string }>
}

export type ListedOperation = { id: string; method: string; path: string; statuses: string[] }

const file: {
  components: { schemas: Record<string, Schema>; responses: Record<string, Content> }
  paths: Record<string, Record<string, FileOperation>>
} = parse(readFileSync(join(import.meta.dirname, 'retell-openapi.yaml'), 'utf8'))

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const listOf = (items: Schema, ...required: string[]): Schema => ({
  allOf: [
    ref('PaginatedResponseBase'),
    { required: ['items', ...required], properties: { items: { type: 'array', items } } },
  ],
})
const withoutTranscript = {
  not: { anyOf: ['transcript', 'transcript_object', 'transcript_with_tool_calls'].map((key) => ({ required: [key] })) },
}
const named = (...names: string[]): Schema => ({ type: 'object', required: names })

/** What an answer holds where the file says so only in words; of calls and chats it leaves the rest to the SDK's types. */
const answersInWords: Record<string, Schema> = {
  rerunCallAnalysis: named('call_id', 'agent_id', 'call_status', 'call_analysis'),
  rerunChatAnalysis: named('chat_id', 'agent_id', 'chat_status', 'chat_analysis'),
  listCalls: listOf({ ...named('call_id', 'agent_id'), ...withoutTranscript }),
  listChats: listOf({ ...named('chat_id', 'agent_id'), ...withoutTranscript }),
  createContact: ref('Contact'),
  updateContact: ref('Contact'),
  getContact: ref('Contact'),
  getContactByPhone: ref('Contact'),
  listContacts: listOf(ref('Contact'), 'total'),
  listContactConversations: listOf({ oneOf: [ref('ContactCall'), ref('ContactChat')] }),
  uploadContactImportFile: {
    ...named('upload_id', 'file_name'),
    properties: { upload_id: { type: 'string', pattern: '^upload_[a-f0-9]+$' }, file_name: { type: 'string' } },
  },
  createContactImport: ref('JobStatus'),
  getContactImport: ref('JobStatus'),
  backfillContactAnalysisData: ref('JobStatus'),
  getBackfillContactJobStatus: ref('JobStatus'),
  getCrmConfig: ref('CRMConfig'),
  updateCrmConfig: ref('CRMConfig'),
  getCrmSchema: {
    ...named('provider', 'fields'),
    properties: { provider: { type: 'string' }, fields: { type: 'array', items: ref('CRMCustomFieldSchema') } },
  },
  runSyncJob: ref('JobStatus'),
  getSyncJobStatus: ref('JobStatus'),
  getApp: ref('AppResponse'),
  listApps: listOf(ref('AppResponse')),
}

/** What the file leaves open: `updateContact` is described as a contact's fields minus its number. */
const requestsInWords: Record<string, Schema> = {
  updateContact: {
    properties: { ...(file.components.schemas.ContactCreate?.properties as object), phone_number: false },
  },
}

/** OpenAPI 3.0 says `nullable`, JSON Schema a type more. */
function withNull(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNull)
  if (typeof schema !== 'object' || schema === null) return schema
  const { nullable, ...rest } = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withNull(value)]))
  if (nullable !== true) return rest
  return { anyOf: [{ type: 'null' }, rest] }
}

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
ajv.addSchema(withNull({ $id: 'file', components: file.components }) as Schema)

function compile(schema: Schema | undefined): ValidateFunction | undefined {
  if (schema === undefined) return undefined
  const text = JSON.stringify(withNull(schema)).replaceAll('"#/components/', '"file#/components/')
  return ajv.compile(JSON.parse(text))
}

const entries = Object.entries(file.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

/** Every operation of the source product's file. */
export const operations: ListedOperation[] = entries.map(({ path, method, operation }) => {
  return { id: operation.operationId, method, path, statuses: Object.keys(operation.responses) }
})

const compiled = entries.map(({ path, method, operation }) => {
  const { operationId: id, requestBody, responses } = operation
  return {
    id,
    method,
    statuses: Object.keys(responses),
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    request: compile(requestsInWords[id] ?? requestBody?.content?.['application/json']?.schema),
    answer: compile(answersInWords[id]),
    refusal: compile(ref('Error')),
  }
})

export type Seen = { id: string; status: number; problems: string[] }

/** Holds one request and its answer against the file; undefined for what is not in it. A request has to fit only where it was taken. */
export function holdAgainst(
  sent: { method: string; url: string; body: unknown },
  got: { status: number; text: string },
) {
  const { pathname } = new URL(sent.url)
  const found = compiled.find((each) => each.method === sent.method.toLowerCase() && each.pattern.test(pathname))
  if (found === undefined) return undefined
  const { id, statuses, request, answer, refusal } = found
  const problems: string[] = []
  const hold = (what: string, validate: ValidateFunction | undefined, value: unknown) => {
    if (validate && !validate(value)) problems.push(`${what}: ${ajv.errorsText(validate.errors)}`)
  }
  const isTaken = got.status < 400
  if (isTaken && typeof sent.body === 'string') hold('request', request, JSON.parse(sent.body))
  if (got.status === 204) {
    if (got.text !== '') problems.push('answer: 204 has no body')
  } else hold('answer', isTaken ? answer : refusal, JSON.parse(got.text))
  // Of some the file lists what is answered when all is well only.
  const tellsRefusals = statuses.some((status) => status >= '400')
  if (isTaken || tellsRefusals)
    if (!statuses.includes(String(got.status))) problems.push(`status: ${got.status} is none of ${statuses.join(', ')}`)
  return { id, status: got.status, problems }
}

/** A `fetch` that notes how each exchange is held against the file. */
export function holdingFetch(seen: Seen[]): typeof fetch {
  return async (input, init) => {
    const answer = await fetch(input, init)
    const got = { status: answer.status, text: await answer.clone().text() }
    const held = holdAgainst({ method: init?.method ?? 'GET', url: String(input), body: init?.body }, got)
    if (held) seen.push(held)
    return answer
  }
}

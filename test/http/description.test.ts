import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { createWorld } from '../support/world.ts'
import { openAppOn } from './open-app.ts'

const world = await createWorld()
const { app, call } = await openAppOn(world)

type Parameter = { name: string; in: string; required?: boolean }
type Operation = {
  operationId?: string
  summary?: string
  tags?: string[]
  parameters?: Parameter[]
  security?: Record<string, unknown>[]
  responses: Record<string, { description?: string; content?: Record<string, { schema: object }> }>
}
type Document = {
  openapi: string
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; securitySchemes?: object }
}

const read = async (path: string): Promise<Document> => JSON.parse(await (await app.request(path)).text())
const document = await read('/openapi.json')
const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
  )

/** Pages and files for people, and what describes itself. */
const undescribed = [
  'GET /',
  'GET /docs',
  'GET /docs/start.js',
  'GET /docs/{file}',
  'GET /openapi.json',
  'GET /openapi-salesforce.json',
]

test('every route is described, but those that are not served here, and nothing else', async () => {
  const served = app.routes
    .filter(({ method, path }) => method !== 'ALL' && path !== '/*')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  const described = new Set(operationsOf(document).map(({ method, path }) => `${method.toUpperCase()} ${path}`))
  expect([...described].filter((route) => !served.includes(route))).toEqual([])
  for (const route of served.filter((each) => !described.has(each) && !undescribed.includes(each))) {
    const [method = '', path = ''] = route.split(' ')
    expect((await call(method, path.replaceAll(/\*|\{\w+\}/g, 'x'))).status, route).toBe(501)
  }
})

test('the description is OpenAPI 3.1: names once, parameters as in the paths, references that lead somewhere', () => {
  expect(document.openapi).toBe('3.1.0')
  const operations = operationsOf(document)
  const names = operations.map(({ operation }) => operation.operationId)
  expect(names.filter((name, place) => !name || names.indexOf(name) < place)).toEqual([])
  const wrong = operations.flatMap(({ method, path, operation }) => {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const isWrong =
      !operation.summary ||
      Object.entries(operation.responses).some(
        ([status, { description }]) => !/^\d{3}$/.test(status) || !description,
      ) ||
      Object.keys(operation.responses).length === 0 ||
      inPath.some((parameter) => parameter.required !== true) ||
      JSON.stringify(inPath.map((parameter) => parameter.name).toSorted()) !== JSON.stringify(named.toSorted())
    return isWrong ? [`${method} ${path}`] : []
  })
  expect(wrong).toEqual([])
  const schemes = Object.keys(document.components.securitySchemes ?? {})
  expect(schemes).toEqual(['api_key', 'key_header'])
  const refs = new Set(JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g))
  expect(refs.size).toBeGreaterThan(10)
  for (const ref of refs) expect(Object.keys(document.components.schemas), ref).toContain(ref.split('/').at(-1))
})

test('every operation stands in one group of the page, none of which is empty; what only says that the service lives has its own', () => {
  const groups = Map.groupBy(operationsOf(document), ({ operation }) => operation.tags?.join() ?? 'none')
  expect(new Set(groups.keys())).toEqual(new Set(document.tags.map(({ name }) => name)))
  const pathsOf = (group: string) => (groups.get(group) ?? []).map(({ path }) => path)
  expect(pathsOf('Service')).toEqual(['/health', '/ready'])
  expect(pathsOf('Reruns')).toContain('/v1/conversations/{id}/rerun')
  expect(pathsOf('Compatible: calls')).toContain('/rerun-call-analysis/{id}')
  expect(pathsOf('Compatible: agents')).toEqual(
    expect.arrayContaining(['/create-agent', '/get-chat-agent-versions/{agent_id}']),
  )
})

test('every schema in it is one', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const local = (schema: object) => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'))
  ajv.addSchema(local({ $id: 'api', components: document.components }))
  let compiled = 0
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      if (key === 'schema') {
        ajv.compile(local(value))
        compiled++
      } else visit(value)
    }
  }
  visit(document.paths)
  expect(compiled).toBeGreaterThan(100)
  expect(() => ajv.compile({ type: 'text' })).toThrow('schema is invalid')
})

test('the page to read it is whole on this machine, and its policy allows no other and no script in the page', async () => {
  const answer = await app.request('/docs')
  const page = await answer.text()
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("connect-src 'self'")
  expect(policy).not.toContain('http')
  expect(page).not.toMatch(/https?:|<script(?![^>]*\bsrc=)|\bon\w+="/)
  const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link)
  expect(links).toEqual(['/docs/favicon.png', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/start.js'])
  const types: Record<string, string> = { png: 'image/png', css: 'text/css', js: 'text/javascript' }
  for (const link of links) {
    const file = await app.request(link)
    expect(file.status).toBe(200)
    expect(file.headers.get('content-type')).toContain(types[link.split('.').at(-1) ?? ''])
  }
  const css = await (await app.request('/docs/swagger-ui.css')).text()
  expect(css.match(/url\((?!["']?data:)[^)]*\)|@import/g)).toBeNull()
  const start = await (await app.request('/docs/start.js')).text()
  expect(start).toMatch(/validatorUrl: null[\s\S]*url: '\/openapi\.json'/)
  expect(start).not.toMatch(/https?:/)
  expect((await app.request('/docs/package.json')).status).toBe(404)
  expect((await app.request('/docs/..%2Fpackage.json')).status).toBe(404)
})

test('what Salesforce reads keeps within its limits', async () => {
  const answer = await app.request('https://afterword.example/openapi-salesforce.json')
  const text = await answer.text()
  const file: Document & { servers: { url: string }[] } = JSON.parse(text)
  expect(file.openapi).toBe('3.0.3')
  expect(text.length).toBeLessThan(100_000)
  expect(file.servers).toEqual([{ url: 'https://afterword.example' }])
  expect(text).not.toMatch(
    /"(oneOf|anyOf|allOf|not|nullable|discriminator|additionalProperties|headers|securitySchemes)"/,
  )
  const types = new Set(text.match(/"[a-z]+\/[a-z.+-]+"(?=:)/g))
  expect([...types]).toEqual(['"application/json"'])
  const operations = operationsOf(file)
  const names = operations.map(({ operation }) => operation.operationId ?? '')
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]{1,39}$/)
  for (const { method, path, operation } of operations) {
    // It is part of what is served.
    expect(document.paths[path]).toHaveProperty(method)
    expect(Object.keys(operation.responses)).toEqual([expect.stringMatching(/^20[02]$/)])
  }
  const flat = ['string', 'integer', 'number', 'boolean']
  for (const [name, schema] of Object.entries(file.components.schemas)) {
    expect(schema, name).toMatchObject({ type: 'object', properties: expect.any(Object) })
    const { properties } = schema as { properties: Record<string, { type: string }> }
    for (const property of Object.values(properties)) expect(flat).toContain(property.type)
  }

  const ajv = new Ajv({ strict: false, validateFormats: false })
  const validate = (name: string, value: object) => {
    const told = Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null))
    const fits = ajv.compile({ $ref: `#/components/schemas/${name}`, components: file.components })
    expect(fits(told), JSON.stringify(fits.errors)).toBe(true)
    const { properties } = file.components.schemas[name] as { properties: object }
    // What it names is there, or null.
    for (const key of Object.keys(properties)) expect(value).toHaveProperty(key)
  }
  await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ record_id: metadata.record }]
fields: []
`)
  const asked = await call('POST', '/v1/triggers/main', { record_id: '101', conversations: 'all', most: 3 })
  expect(asked.status).toBe(202)
  const accepted = JSON.parse(await asked.text())
  validate('RerunAccepted', accepted)
  const status = await call('GET', `/v1/triggers/requests/${accepted.id}`)
  expect(status.status).toBe(200)
  validate('RerunStatus', JSON.parse(await status.text()))
})

import { beforeEach, expect, test } from 'vitest'
import { healthRoutes } from '../../src/http/open/health-routes.ts'
import { openApp } from './open-app.ts'

const { app, call, lines } = await openApp({
  findContact: () => {
    throw new TypeError('the inside of the house')
  },
})

beforeEach(() => {
  lines.length = 0
})

/** What anybody may ask. */
const open = [
  'GET /',
  'GET /health',
  'GET /ready',
  'GET /openapi.json',
  'GET /openapi-salesforce.json',
  'GET /docs',
  'GET /docs/start.js',
  'GET /docs/:file',
]

const routes = app.routes
  .filter(({ method, path }) => method !== 'ALL' && path !== '/*')
  .map(({ method, path }) => ({
    route: `${method} ${path}`,
    method,
    path: path.replaceAll(/:\w+/g, '1'),
  }))

test('there are routes to walk', () => {
  expect(routes.length).toBeGreaterThan(30)
})

test.each(routes.filter(({ route }) => !open.includes(route)))('$route answers 401 without a key', async (route) => {
  const answer = await app.request(route.path, { method: route.method })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe('Bearer')
})

test.each(routes.filter(({ route }) => open.includes(route)))('$route answers without a key', async (route) => {
  expect((await app.request(route.path.replace('/docs/1', '/docs/swagger-ui.css'))).status).toBe(200)
})

test.each([
  [async () => ['migrations'], 503, 'migrations'],
  [async () => Promise.reject(new Error('no database')), 503, 'database'],
])('/ready is 503 and says what is missing (%#)', async (findMissing, status, missing) => {
  const other = healthRoutes({ findMissing })
  const answer = await other.request('/ready')
  expect(answer.status).toBe(status)
  expect(await answer.json()).toEqual({ status: 'not ready', missing: [missing] })
})

test('an unknown route wants a key too, and is told by its surface', async () => {
  expect((await app.request('/v1/nowhere')).status).toBe(401)
  const own = await call('GET', '/v1/nowhere')
  expect(own.status).toBe(404)
  expect(await own.json()).toEqual({
    error: {
      code: 'route.not_found',
      message: expect.stringContaining('/v1/nowhere'),
      request_id: own.headers.get('x-request-id'),
    },
  })
  const theirs = await call('DELETE', '/get-agent/a')
  expect(theirs.status).toBe(404)
  expect(await theirs.json()).toEqual({ status: 'error', message: expect.stringContaining('DELETE /get-agent/a') })
})

test('what nobody foresaw is 500 with nothing of the inside, told to the log', async () => {
  const answer = await call('GET', '/v1/contacts/+49170')
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('inside')
  expect(lines).toMatchObject([{ status: 500, code: 'internal', reason: 'the inside of the house' }])
})

test('one line per request: pattern, status, time and the name of the key, never the path', async () => {
  await call('GET', '/v1/backfills/7', undefined, { 'x-request-id': 'r-1' })
  expect(lines).toEqual([
    {
      request_id: 'r-1',
      method: 'GET',
      route: '/v1/backfills/:id',
      status: 404,
      duration_ms: expect.any(Number),
      key: 'tester',
      code: 'backfill.not_found',
      reason: 'there is no backfill 7',
    },
  ])
})

test('the line of an unknown route names none, and that of the intake its own', async () => {
  await call('GET', '/v1/nowhere/+4917012345')
  await call('POST', '/v1/conversations', '')
  expect(lines).toMatchObject([{ route: 'none' }, { route: '/v1/conversations' }])
})

test('malformed JSON is answered with the place where it breaks', async () => {
  const answer = await call('POST', '/v1/backfills', '{\n  "reason": oops }', { 'content-type': 'application/json' })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    error: { code: 'request.malformed_json', message: 'the body is not JSON from line 2, column 13 on' },
  })
})

test('a body that does not fit is answered with the names of its fields, all at once', async () => {
  const answer = await call('POST', '/v1/backfills', { concurrency: 0 })
  expect(answer.status).toBe(400)
  const text = await answer.text()
  expect(text).toContain('reason: ')
  expect(text).toContain('concurrency: ')
})

test('a filter that does not fit is answered with its place', async () => {
  const answer = await call('POST', '/v1/backfills', { reason: 'x', filter: { directoin: 'inbound' } })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('filter.directoin: ')
})

// One wants a signature over its body first, the other a form.
const others = ['POST /intake/retell', 'POST /upload-contact-import-file']
const taking = routes.filter(({ method, path }) => {
  return ['POST', 'PUT', 'PATCH'].includes(method) && !others.includes(`${method} ${path}`)
})

test.each(taking)('$route: JSON that breaks off is 400, and more than 16 MiB are 413', async ({ method, path }) => {
  const type = { 'content-type': 'application/json' }
  const broken = await call(method, path, '{"reason": ', type)
  expect([broken.status, await broken.text()]).toEqual([400, expect.stringContaining('line 1, column 12')])
  const tooLarge = await call(method, path, '{}', { ...type, 'content-length': String(17 * 1024 * 1024) })
  expect([tooLarge.status, await tooLarge.text()]).toEqual([413, expect.stringContaining('16 MiB')])
})

test('an event of the vendor beyond 16 MiB is refused before its signature is looked at', async () => {
  const answer = await call('POST', '/intake/retell', '{}', { 'content-length': String(17 * 1024 * 1024) })
  expect([answer.status, await answer.text()]).toEqual([413, expect.stringContaining('16 MiB')])
})

test('a body of JSON beyond 16 MiB is refused', async () => {
  const answer = await call('POST', '/v1/backfills', { reason: 'x'.repeat(17 * 1024 * 1024) })
  expect(answer.status).toBe(413)
})

test('the API describes itself, with every route', async () => {
  const paths = ['/rerun-call-analysis/{id}', '/v1/backfills/{id}/undo', '/get-chat-agent/{agent_id}']
  expect(await (await call('GET', '/openapi.json')).json()).toMatchObject({
    openapi: '3.1.0',
    paths: Object.fromEntries(paths.map((path) => [path, expect.any(Object)])),
  })
})

test('the page at / says what runs here and that its vendors are stand-ins', async () => {
  const page = await (await app.request('/')).text()
  expect(page).toContain('<h1>Afterword</h1>')
  expect(page).toContain('stand-ins')
})

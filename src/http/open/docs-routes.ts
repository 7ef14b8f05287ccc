import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'
import { notFound } from '../../errors.ts'
import { baseOf } from '../base-of.ts'
import type { HttpEnv } from '../context.ts'
import { describeApi } from '../description/describe-api.ts'
import { salesforceDescription } from '../description/salesforce-description.ts'
import { createRouter } from '../router.ts'

/** Found where the package lies, whatever folder the service was started in. */
const require = createRequire(import.meta.url)

const script = 'text/javascript; charset=utf-8'
const files: Record<string, { from: string; type: string } | undefined> = {
  'swagger-ui.css': { from: require.resolve('swagger-ui-dist/swagger-ui.css'), type: 'text/css; charset=utf-8' },
  'swagger-ui-bundle.js': { from: require.resolve('swagger-ui-dist/swagger-ui-bundle.js'), type: script },
  'favicon.png': { from: require.resolve('swagger-ui-dist/favicon-32x32.png'), type: 'image/png' },
}

/** Beginning with `validatorUrl: null`: unless told, the page sends the address of what it shows to a validator of its makers. */
const start = `window.onload = () => {
  SwaggerUIBundle({
    validatorUrl: null,
    url: '/openapi.json',
    dom_id: '#page',
    deepLinking: true,
    docExpansion: 'list',
    tryItOutEnabled: false,
  })
}
`

/** The page has styles in its elements; scripts, what it shows and where it sends requests are this service alone. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * What this API is, for people and programs. It tells nothing that is not in the source, so it wants no key, and needs no internet:
 * the page comes from a package that is installed with the service.
 */
export function docsRoutes(app: OpenAPIHono<HttpEnv>) {
  // All routes are known only once the whole app stands.
  let document: ReturnType<typeof describeApi> | undefined
  return createRouter()
    .get('/openapi.json', (c) => {
      document ??= describeApi(app)
      return c.json(document)
    })
    .get('/openapi-salesforce.json', (c) => c.json(salesforceDescription(baseOf(c))))
    .get('/docs', (c) => {
      c.header('content-security-policy', policy)
      c.header('x-content-type-options', 'nosniff')
      return c.html(page())
    })
    .get('/docs/start.js', (c) => c.body(start, 200, { 'content-type': script, 'x-content-type-options': 'nosniff' }))
    .get('/docs/:file', async (c) => {
      const file = files[c.req.param('file')]
      if (file === undefined) throw notFound('file', c.req.param('file'))
      const headers = {
        'content-type': file.type,
        'x-content-type-options': 'nosniff',
        'cache-control': 'max-age=3600',
      }
      return c.body(new Uint8Array(await readFile(file.from)), 200, headers)
    })
}

function page() {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Afterword API</title>
        <link rel="icon" type="image/png" href="/docs/favicon.png" />
        <link rel="stylesheet" href="/docs/swagger-ui.css" />
      </head>
      <body>
        <div id="page"></div>
        <script src="/docs/swagger-ui-bundle.js"></script>
        <script src="/docs/start.js"></script>
      </body>
    </html>`
}

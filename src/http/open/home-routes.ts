import { html } from 'hono/html'
import type { HttpDeps } from '../deps.ts'
import { createRouter } from '../router.ts'

/** A page that says what runs here, to whoever came by with a browser. It shows no data and needs no key. */
export function homeRoutes({ sandbox }: Pick<HttpDeps, 'sandbox'>) {
  return createRouter().get('/', (c) => {
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    return c.html(homePage(sandbox))
  })
}

function homePage(sandbox: boolean) {
  const notice = html`<p class="notice">
    The CRM and the model behind this service are <strong>stand-ins</strong> (AFTERWORD_SANDBOX=1): nothing leaves this machine.
  </p>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Afterword</title>
        <style>
          body { max-width: 42rem; margin: 4rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; color: #222; }
          code { padding: 0.1rem 0.3rem; background: #f2f2f2; border-radius: 0.2rem; }
          dt { margin-top: 0.8rem; }
          .notice { padding: 0.6rem 1rem; background: #fff4d6; border-radius: 0.3rem; }
        </style>
      </head>
      <body>
        <h1>Afterword</h1>
        <p>
          This service stores the calls and chats of voice and chat agents, reruns their analysis with the newest prompts, and
          pushes the extracted fields into CRM contacts.
        </p>
        ${sandbox ? notice : ''}
        <dl>
          <dt><a href="/docs"><code>GET /docs</code></a> and <code>GET /openapi.json</code></dt>
          <dd>Every route of the API, to read and as OpenAPI 3.1. <code>GET /openapi-salesforce.json</code> is what a Flow calls.</dd>
          <dt><code>PUT /rerun-call-analysis/{call_id}</code></dt>
          <dd>One call analysed again. It wants a key, as all below do: <code>afterword key create &lt;name&gt;</code> makes one. The official SDK of Retell AI can be pointed here for this and its kin.</dd>
          <dt><code>POST /v1/backfills</code></dt>
          <dd>A rerun over a filter: planned first, then started, paused, resumed, undone.</dd>
          <dt><code>GET /health</code> and <code>GET /ready</code></dt>
          <dd>For whoever watches the process; these want no key.</dd>
        </dl>
      </body>
    </html>`
}

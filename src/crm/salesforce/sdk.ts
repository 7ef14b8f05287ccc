import { PassThrough } from 'node:stream'
import type { HttpRequest, HttpResponse } from 'jsforce'
import { Connection } from 'jsforce/lib/connection.js'
import { OAuth2 } from 'jsforce/lib/oauth2.js'
import { Transport } from 'jsforce/lib/transport.js'
import { StreamPromise } from 'jsforce/lib/util/promise.js'
import type { Send } from './transport.ts'

/** jsforce speaks 50.0 unless told. Ours is fixed, so that no release of theirs changes what an answer looks like. */
const apiVersion = '64.0'

/** The two private members are those of jsforce 3.10.26, which is pinned; test/crm/salesforce/defects.test.ts holds them. */
class OurTransport extends Transport {
  readonly #send: Send

  constructor(send: Send) {
    super()
    this.#send = send
  }

  override httpRequest(request: HttpRequest): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#send(request) }))
  }
}

/**
 * A connection that never renews its session by itself: jsforce would do it for ever. `client=afterword` is what the org's
 * change events then bear as their origin.
 */
export function createConnection(send: Send, session: { instanceUrl: string; accessToken: string }): Connection {
  const connection = new Connection({
    ...session,
    version: apiVersion,
    callOptions: { client: 'afterword' },
    logLevel: 'NONE',
  })
  connection._transport = new OurTransport(send)
  return connection
}

export function createOAuth2(send: Send, app: { loginUrl: string; clientId: string; clientSecret?: string }): OAuth2 {
  const oauth2 = new OAuth2(app)
  oauth2._transport = new OurTransport(send)
  return oauth2
}

import {
  BasicApi,
  BatchApi,
  createConfiguration,
  FilterOperatorEnum,
  RequestContext,
  ResponseContext,
  SearchApi,
  wrapHttpLibrary,
} from '@hubspot/api-client/lib/codegen/crm/objects/index.js'
import type { Transport } from './transport.ts'

/** How a search compares. */
export const operators = { EQ: FilterOperatorEnum.Eq, GT: FilterOperatorEnum.Gt, GTE: FilterOperatorEnum.Gte }

/**
 * The SDK's generated APIs without its `Client`, whose retry and limiter are those of the last-built client in the whole
 * process, and on our transport, because its own waits for ever.
 */
export function createSdk(transport: Transport, urlOf: (path: string) => string) {
  async function send(request: RequestContext): Promise<ResponseContext> {
    const body = request.getBody()
    const { status, text } = await transport({
      method: request.getHttpMethod(),
      url: request.getUrl(),
      headers: request.getHeaders(),
      body: typeof body === 'string' ? body : undefined,
    })
    // It throws a plain Error where HubSpot leaves the content type out.
    const headers = { 'content-type': 'application/json' }
    return new ResponseContext(status, headers, { text: async () => text, binary: async () => Buffer.from(text) })
  }

  const configuration = createConfiguration({
    baseServer: { makeRequestContext: (path, method) => new RequestContext(urlOf(path), method) },
    httpApi: wrapHttpLibrary({ send }),
  })
  return {
    batchApi: new BatchApi(configuration),
    basicApi: new BasicApi(configuration),
    searchApi: new SearchApi(configuration),
  }
}

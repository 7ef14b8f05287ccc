import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HttpEnv } from '../context.ts'
import { groupOf, tags } from './group-of.ts'

type Document = ReturnType<OpenAPIHono<HttpEnv>['getOpenAPI31Document']>

/**
 * Everything that this door answers, as OpenAPI 3.1. Each operation has a name (`operationId`) made of its method and path where its
 * route has none, and a group of its path (`tags`), for clients that are generated from it and for the page. Pure.
 */
export function describeApi(app: OpenAPIHono<HttpEnv>): Document {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Afterword',
      version: '1',
      description: 'Reruns the analysis of calls and chats, and keeps CRM contacts right.',
      license: { name: 'Apache-2.0' },
    },
    // Wherever this was read from.
    servers: [{ url: '/' }],
    security: [{ api_key: [] }, { key_header: [] }],
  })
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => [path, named(path, operations)])
  return { ...document, tags, paths: Object.fromEntries(paths) }
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

function named(path: string, operations: object): object {
  const entries = Object.entries(operations).map(([method, operation]) => {
    return methods.includes(method)
      ? [method, { operationId: nameOf(method, path), tags: [groupOf(path)], ...operation }]
      : [method, operation]
  })
  return Object.fromEntries(entries)
}

/** `POST /v1/backfills/{id}/pause` → `postV1BackfillsByIdPause`. Pure. */
function nameOf(method: string, path: string): string {
  const words = path.replaceAll(/\{(\w+)\}/g, 'by $1').match(/[a-z0-9]+/gi) ?? ['root']
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

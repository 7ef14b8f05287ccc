import type { Context } from 'hono'

/** Where the caller reaches us; a proxy that ends its TLS says so. */
export function baseOf(c: Context): string {
  const url = new URL(c.req.url)
  return `${c.req.header('x-forwarded-proto') === 'https' ? 'https:' : url.protocol}//${url.host}`
}

import { rememberLast } from './remember-last.ts'

const remember = rememberLast<string>()

/** A schema as JSON. Of the same object it is made once: one config is sent with every conversation. */
export function schemaText(body: Record<string, unknown>): string {
  return remember(body, [], () => JSON.stringify(body))
}

const texts = new WeakMap<object, string>()

/** A schema as JSON. Of the same object it is made once: one config is sent with every conversation. */
export function schemaText(body: Record<string, unknown>): string {
  const known = texts.get(body)
  if (known !== undefined) return known
  const text = JSON.stringify(body)
  texts.set(body, text)
  return text
}

import { parseDocument } from 'yaml'

/**
 * Reads `key=value` as a command line gives it: dots lead into a key (`values.Positive`), the value is YAML, and without one
 * the key is to be taken away (`undefined`). Pure.
 */
export function readSetting(pair: string): { path: string[]; value: unknown } | { problem: string } {
  const [, key, text] = /^([^=]+)=([\s\S]*)$/.exec(pair) ?? []
  if (key === undefined || text === undefined) return { problem: `"${pair}" is not of the form key=value` }
  const path = key.split('.').map((part) => part.trim())
  if (path.includes('')) return { problem: `"${key}" is no key` }
  if (text.trim() === '') return { path, value: undefined }
  const document = parseDocument(text)
  if (document.errors.length === 0) return { path, value: document.toJS() }
  return { problem: `the value of ${key} is not valid YAML; text with ": " or "#" in it needs quotes: '${key}="…"'` }
}

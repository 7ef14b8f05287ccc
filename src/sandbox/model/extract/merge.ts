import { asText, type JsonObject } from '../../json.ts'
import { typesOf } from './wire-schema.ts'

/** `[2] "…"`, and nothing else on its line. */
const LINE = /^\[\d{1,9}\] +("(?:[^"\\]|\\.)*")$/

/** Whether a property asks for one text out of several. */
export function asksForMerge(property: JsonObject): boolean {
  return typesOf(property).includes('string') && /\bmerge/i.test(asText(property.description) ?? '')
}

/** Merges the numbered, quoted texts of a user message without understanding them: every line once, in the order they came. */
export function mergeTexts(userMessage: string): string {
  const lines = textsOf(userMessage).flatMap((text) => text.split('\n'))
  return [...new Set(lines.map((line) => line.trim()))].filter((line) => line !== '').join('\n')
}

function textsOf(message: string): string[] {
  return message.split('\n').flatMap((line) => {
    const [, quoted] = LINE.exec(line.trimEnd()) ?? []
    return quoted === undefined ? [] : (asText(parse(quoted)) ?? [])
  })
}

function parse(quoted: string): unknown {
  try {
    return JSON.parse(quoted)
  } catch {
    return undefined
  }
}

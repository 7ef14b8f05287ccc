import { type Document, type ErrorCode, LineCounter, parseDocument } from 'yaml'
import { type Locate, locator } from './locate.ts'

type Misprint = { line: number; column: number; message: string }

/** What a text of YAML holds, with a way back from a path to its place; `content` is null where the syntax is broken. */
export type Yaml = { misprints: Misprint[]; content: { file: unknown; locate: Locate } | null }

export function readYaml(text: string): Yaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const misprints = [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    const { line, col } = lines.linePos(pos[0])
    return { line, column: col, message: plainWords.get(code) ?? `not valid YAML: ${message}` }
  })
  // A repeated key leaves the rest readable; after any other mistake of syntax, more would be guesses.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { misprints, content: null }
  const file = toPlain(document)
  if (file instanceof Error)
    return { misprints: [...misprints, { line: 1, column: 1, message: file.message }], content: null }
  return { misprints, content: { file, locate: locator(document, lines) } }
}

const plainWords: ReadonlyMap<ErrorCode, string> = new Map<ErrorCode, string>([
  ['BLOCK_AS_IMPLICIT_KEY', 'not valid YAML: text with ": " in it needs quotes, and every key its own line'],
  ['DUPLICATE_KEY', 'this key is there twice'],
  ['MULTIPLE_DOCS', 'a file holds one mapping: no second document after ---'],
])

/** The plain value, or the error where aliases multiply beyond what the parser allows. */
function toPlain(document: Document): unknown {
  try {
    return document.toJS()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml'
import { type Locate, locator } from './locate.ts'
import { inPlainWords } from './yaml-words.ts'

type Misprint = { line: number; column: number; message: string }

/** What a text of YAML holds, with a way back from a path to its place; `content` is null where the syntax is broken. */
export type Yaml = { misprints: Misprint[]; content: { file: unknown; locate: Locate } | null }

export function readYaml(text: string): Yaml {
  const lines = new LineCounter()
  // Warnings are returned, not printed.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const lineOf = (error: YAMLError) => lines.linePos(error.pos[0]).line
  const misprints = [...document.errors, ...document.warnings]
    // After a mistake of syntax, more on its line are its echoes.
    .filter(
      (error, index, all) => leavesRest(error) || all.findIndex((each) => lineOf(each) === lineOf(error)) === index,
    )
    .map((error) => {
      const { line, col } = lines.linePos(error.pos[0])
      return { line, column: col, message: inPlainWords(error, text, document.errors) }
    })
  // After a mistake of syntax, more would be guesses.
  if (!document.errors.every(leavesRest)) return { misprints, content: null }
  const file = toPlain(document)
  if (file instanceof Error)
    return { misprints: [...misprints, { line: 1, column: 1, message: file.message }], content: null }
  return { misprints, content: { file, locate: locator(document, lines, text) } }
}

/** A repeated key leaves the rest of the file readable. */
function leavesRest({ code }: YAMLError): boolean {
  return code === 'DUPLICATE_KEY'
}

/** The plain value, or the error where aliases multiply beyond what the parser allows. */
function toPlain(document: Document): unknown {
  try {
    return document.toJS()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

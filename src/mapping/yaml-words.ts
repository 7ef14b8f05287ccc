import type { ErrorCode, YAMLError } from 'yaml'

/** A mistake of syntax in words for the author of the file; `all` are those of the whole file. */
export function inPlainWords(error: YAMLError, text: string, all: readonly YAMLError[]): string {
  const before = text.slice(text.lastIndexOf('\n', error.pos[0] - 1) + 1, error.pos[0])
  if (/:\s*\{\{/.test(before)) return 'not valid YAML: text that starts with {{ needs quotes: "{{call_summary}} …"'
  // Text that goes on in a line with a key in it: the parser minds the key, the author sees an indent.
  const goesOn = all.some(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && pos[0] === error.pos[0])
  if (goesOn) return 'not valid YAML: the line below is indented further than the keys it stands among'
  const known = plainMessages.find(([start]) => error.message.startsWith(start))?.[1]
  return known ?? plainWords.get(error.code) ?? `not valid YAML: ${error.message}`
}

const notInLine = 'not valid YAML: this does not start in the column of the keys above it'

/** What one code stands for in several senses, by how the message starts. */
const plainMessages: readonly [string, string][] = [
  ['Flow map in block collection must be', 'not valid YAML: a "}" is missing before this line'],
  ['Flow sequence in block collection must be', 'not valid YAML: a "]" is missing before this line'],
  ['All mapping items must start at', notInLine],
  ['Sequence item without - indicator', notInLine],
]

const plainWords: ReadonlyMap<ErrorCode, string> = new Map<ErrorCode, string>([
  ['BAD_SCALAR_START', 'not valid YAML: text that starts with such a character needs quotes'],
  ['BLOCK_AS_IMPLICIT_KEY', 'not valid YAML: text with ": " in it needs quotes, and every key its own line'],
  [
    'BLOCK_IN_FLOW',
    'not valid YAML: between { and } a comma is missing before this, or text with ": " in it needs quotes',
  ],
  ['DUPLICATE_KEY', 'this key is there twice'],
  ['MULTIPLE_DOCS', 'a file holds one document: no second one after ---'],
  ['TAB_AS_INDENT', 'not valid YAML: a tab at the start of a line; indent with spaces'],
  [
    'UNEXPECTED_TOKEN',
    'not valid YAML: this stands after the end of a value; text with quotes or braces in it needs quotes around',
  ],
])

import type { Token } from 'mustache'
import { unknownName } from '../filters/index.ts'
import { factNamed, facts } from './facts.ts'
import { templateTokens } from './render-template.ts'

/** A mistake in a template, `offset` characters from its start. */
export type TemplateMistake = { offset: number; message: string }

/** `call_summary | chat_summary` in a template: the first that the analysis has counts, as in `from`. */
export function alternatives(tag: string): string[] {
  return tag.split('|').map((name) => name.trim())
}

/** The names each tag of a template that parses depends on, in the order of the template; `{{.}}` is none. */
export function templateNames(template: string): string[][] {
  return tagsOf(templateTokens(template)).map(({ token }) => alternatives(token[1]))
}

/** Everything that is wrong with a template; nothing where it can be rendered. Pure. */
export function templateMistakes(template: string): TemplateMistake[] {
  const mistakes = textMistakes(template)
  if (mistakes.length > 0 || templateNames(template).length > 0) return mistakes
  return [{ offset: 0, message: 'names no item or fact: write {{call_summary}} where its value should stand' }]
}

/** The same of a text that may also name nothing. Pure. */
export function textMistakes(template: string): TemplateMistake[] {
  let tokens: Token[]
  try {
    tokens = templateTokens(template)
  } catch (error) {
    return [brokenTag(template, error instanceof Error ? error.message : String(error))]
  }
  return everyToken(tokens).flatMap(({ token, depth }) => {
    const message = mistakeOf(token, depth)
    return message === null ? [] : [{ offset: token[2], message }]
  })
}

type Placed = { token: Token; depth: number }

function everyToken(tokens: readonly Token[], depth = 0): Placed[] {
  return tokens.flatMap((token) => {
    const inside = Array.isArray(token[4]) ? token[4] : []
    return [{ token, depth }, ...everyToken(inside, depth + 1)]
  })
}

function tagsOf(tokens: readonly Token[]): Placed[] {
  return everyToken(tokens).filter(({ token: [kind, name] }) => ['name', '#', '^'].includes(kind) && name !== '.')
}

function mistakeOf([kind, text]: Token, depth: number): string | null {
  switch (kind) {
    case 'text':
      return text.includes('}}') ? '"}}" without its "{{"' : null
    case '!':
      return null
    case 'name':
    case '#':
    case '^':
      return text === '.' ? dotMistake(kind, depth) : nameMistake(alternatives(text))
    case '&':
      return 'write {{name}} with two braces: nothing is escaped here'
    default:
      return `{{${kind}…}} is not available here; there is {{name}}, {{#name}}…{{/name}} and {{^name}}…{{/name}}`
  }
}

function dotMistake(kind: string, depth: number): string | null {
  if (kind !== 'name') return '{{.}} stands for one entry of a list; a section needs a name'
  return depth > 0 ? null : '{{.}} stands for one entry of a list, inside {{#name}}…{{/name}}'
}

function nameMistake(names: readonly string[]): string | null {
  if (names.includes('')) return 'a tag needs a name, such as {{call_summary}}'
  const braced = names.find((name) => /[{}]/.test(name))
  if (braced !== undefined) return `"{{" without "}}": {{${shorten(braced)}`
  const unknown = names.find((name) => name.startsWith('$') && factNamed(name) === null)
  if (unknown !== undefined) return unknownName('fact', unknown, facts)
  const fact = names.find((name) => factNamed(name) !== null)
  return fact !== undefined && names.length > 1 ? `${fact} must stand alone` : null
}

/** mustache's `Unclosed tag at 12` and its like, in words for the author of the file. */
function brokenTag(template: string, message: string): TemplateMistake {
  const section = /^(Unclosed|Unopened) section "(.*)" at (\d+)$/s.exec(message)
  if (section === null) {
    const offset = Math.max(0, template.lastIndexOf('{{'))
    return { offset, message: `"{{" without "}}": ${shorten(template.slice(offset))}` }
  }
  const [, problem, name = '', at] = section
  if (problem === 'Unopened') return { offset: Number(at), message: `{{/${name}}} closes what no {{#${name}}} opened` }
  const opened = [...template.matchAll(/\{\{\s*[#^]([^}]*)\}\}/g)].findLast((tag) => tag[1]?.trim() === name)
  return { offset: opened?.index ?? 0, message: `${opened?.[0]} is never closed: put {{/${name}}} where it ends` }
}

function shorten(text: string): string {
  return text.length > 30 ? `${text.slice(0, 30)}…` : text
}

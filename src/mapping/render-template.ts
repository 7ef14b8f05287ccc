// mustache: no logic beyond sections, no code made of templates (Handlebars and Eta compile to functions), no dependency,
// a language that has stood still since 2021, and the one of its kind that takes `$ended_at` as a name (Liquid does not).
import mustache, { type Token } from 'mustache'
import type { Value } from './types.ts'

// Keeps every template it has parsed: as many as there are rule versions with one.
const writer = new mustache.Writer()

/** The parts of a template. Throws mustache's own `Error` where it is broken. */
export function templateTokens(template: string): Token[] {
  return writer.parse(template)
}

/**
 * The text of a template that parses. `find` is asked for exactly the names that the text depends on, as they stand in the
 * template; null is nothing, so sections over it stay out. Lists are joined by commas, or walked by a section. Values
 * are text and never parsed again; nothing of JavaScript can be reached through a name. Pure, if `find` is.
 */
export function renderTemplate(template: string, find: (name: string) => Value): string {
  return writer.render(template, new Finder(null, find), undefined, { escape: toText })
}

class Finder extends mustache.Context {
  readonly find: (name: string) => Value

  constructor(view: unknown, find: (name: string) => Value) {
    super(view)
    this.find = find
  }

  override push(view: unknown): Finder {
    return new Finder(view, this.find)
  }

  override lookup(name: string): unknown {
    if (name === '.') return this.view
    const value = this.find(name)
    // 0 is a value, but no reason for a section to mustache; text of it is.
    return typeof value === 'number' ? String(value) : value
  }
}

function toText(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}

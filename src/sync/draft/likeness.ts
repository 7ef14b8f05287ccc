import { nearest } from '../../filters/index.ts'

/** Words that say when or of whom, not what: `last_call_summary` and `summary` mean one thing. */
const filler = new Set([
  'last',
  'latest',
  'current',
  'call',
  'chat',
  'user',
  'customer',
  'contact',
  'lead',
  'the',
  'of',
])

/** How well a field's name or label fits the name of an item: 3 the same name, 2 the same words, below 1 some of them, 0 not at all. */
export function likeness(item: string, field: { name: string; label: string }): number {
  const byLabel = likenessOf(item, field.label)
  // A part of a label is no hint: HubSpot's country is labelled "Country/Region".
  return Math.max(likenessOf(item, field.name), byLabel < 2 ? 0 : byLabel)
}

function likenessOf(item: string, name: string): number {
  if (plain(item) === plain(name)) return 3
  const [own, others] = [wordsIn(item), wordsIn(name)]
  const shared = own.filter((word) => others.includes(word)).length
  if (shared === own.length) return shared === others.length ? 2 : shared / others.length
  return nearest(plain(item), [plain(name)]) === null ? 0 : 0.4
}

/** The one of these texts that an author most likely meant by another, or null. */
export function likeliest(wanted: string, known: readonly string[]): string | null {
  return known.find((each) => plain(each) === plain(wanted)) ?? nearest(wanted, known)
}

function wordsIn(name: string): string[] {
  const words = name
    .replace(/__c$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  const telling = words.filter((word) => !filler.has(word))
  return telling.length > 0 ? telling : words
}

function plain(name: string): string {
  return name
    .replace(/__c$/, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}

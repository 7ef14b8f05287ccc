import { factNamed } from './facts.ts'
import { hearItem, saidOf } from './hear-item.ts'
import { alternatives } from './read-template.ts'
import { renderTemplate } from './render-template.ts'
import type { Creation, FieldValue, Says, Spoken, Value } from './types.ts'

const ofContact = /^contact\.(.+)$/

/**
 * What a new record is created with, by field of the CRM; what comes out blank is left out. A name is an item, a fact, or
 * `contact.` and one of `contact`'s; what an analysis does not answer is blank here, for nothing stands there that it could take away. Pure.
 */
export function creationTexts(
  { values }: Creation,
  known: { spoken: Spoken; fields: Record<string, FieldValue>; contact: ReadonlyMap<string, Value> },
): Record<string, string> {
  const heard = (name: string): Says => {
    const fact = factNamed(name)
    if (fact !== null) return saidOf(known.spoken.facts[fact])
    const [, own] = ofContact.exec(name) ?? []
    return own === undefined ? hearItem([name], known.fields, 'skip') : saidOf(known.contact.get(own) ?? null)
  }
  const find = (tag: string): Value => {
    const said = alternatives(tag).map(heard)
    return said.flatMap((each) => (each.says === 'value' ? [each.value] : []))[0] ?? null
  }
  const texts = Object.entries(values).map(
    ([field, template]) => [field, renderTemplate(template, find).trim()] as const,
  )
  return Object.fromEntries(texts.filter(([, text]) => text !== ''))
}

import { compareItems, type Fields } from '../analysis/index.ts'
import type { CanaryRates } from './canary.ts'

/** One conversation of a canary: what it says now and what counted before, where it said anything. */
export type Compared = {
  contactKey: string
  outcome: string
  before: Fields | undefined
  after: Fields | undefined
}

type Contacts = Set<string>
type Tally = { compared: Contacts; asked: Contacts; changed: Contacts; null: Contacts; unverified: Contacts }

/**
 * Counts contacts, each once however many conversations it has. Only items that were asked before and now are compared: what is
 * asked for the first time changes nothing. Pure.
 */
export function tallyCanary() {
  const all: Contacts = new Set()
  const compared: Contacts = new Set()
  const tried: Contacts = new Set()
  const failed: Contacts = new Set()
  const items = new Map<string, Tally>()
  return {
    add({ contactKey, outcome, before, after }: Compared): void {
      all.add(contactKey)
      if (outcome !== 'skipped') tried.add(contactKey)
      if (outcome !== 'skipped' && outcome !== 'ok') failed.add(contactKey)
      if (!after) return
      if (before) compared.add(contactKey)
      for (const { item, before: was, after: is, change } of compareItems(before ?? {}, after)) {
        if (is === null) continue
        const tally = items.get(item) ?? nothing()
        items.set(item, tally)
        tally.asked.add(contactKey)
        if (isUntrusted(is) && !(was && isUntrusted(was))) tally.unverified.add(contactKey)
        if (was === null) continue
        tally.compared.add(contactKey)
        // It says nothing to a CRM, neither a value nor that there is none.
        if (isUntrusted(is)) continue
        // Another reason for having no value is no change that anybody sees.
        if (change !== 'unchanged' && (was.status === 'found' || is.status === 'found')) tally.changed.add(contactKey)
        if (change === 'vanished') tally.null.add(contactKey)
      }
    },
    rates(): CanaryRates {
      const rate = (some: Contacts, of: Contacts) => ({ contacts: some.size, of: of.size })
      return {
        contacts: all.size,
        compared: compared.size,
        errors: rate(failed, tried),
        items: [...items].map(([item, tally]) => ({
          item,
          changed: rate(tally.changed, tally.compared),
          null: rate(tally.null, tally.compared),
          unverified: rate(tally.unverified, tally.asked),
        })),
      }
    },
  }
}

function isUntrusted({ status }: { status: string }): boolean {
  return status === 'unverified' || status === 'invalid' || status === 'refused'
}

function nothing(): Tally {
  return { compared: new Set(), asked: new Set(), changed: new Set(), null: new Set(), unverified: new Set() }
}

import type { Backfill } from '../../backfill/index.ts'
import { table } from './table.ts'
import { count } from './words.ts'

/** What became of the canary of a backfill, or of one that is planned what it will be; nothing where it has none. */
export function showCanary({ id, state, canary, planId }: Backfill): string[] {
  if (!canary) return []
  const { contacts, goOn, rates, why, passedAt } = canary
  if (passedAt) {
    const how = why === null ? 'no threshold was crossed' : `let go on at ${passedAt.toISOString()}, after: ${why}`
    return [`  canary     ${count(rates?.contacts ?? contacts, 'contact')}: ${how}`]
  }
  if (state === 'stopped') {
    const seen = planId === null ? [] : [`what it would write: afterword backfill plan --show ${id}`]
    const choice = [...seen, `afterword backfill go-on ${id}, or cancel ${id}`]
    return [
      `  stopped    ${why}`,
      ...(rates ? ratesOf(rates) : []),
      `             nothing is written; ${choice.join('; ')}`,
    ]
  }
  const then = goOn === 'ask' ? 'then it asks' : 'goes on by itself where no threshold is crossed'
  return [`  canary     the first ${count(contacts, 'contact')} are analysed and held; ${then}`]
}

/** Of every item that is not as before, how many contacts it is about. */
function ratesOf({ items }: NonNullable<NonNullable<Backfill['canary']>['rates']>): string[] {
  const rows = items
    .filter((each) => each.changed.contacts + each.unverified.contacts > 0)
    .map(({ item, changed, null: lost, unverified }) => {
      const cells = [changed, lost, unverified].map(({ contacts, of }) => `${contacts} of ${of}`)
      return [item, ...cells]
    })
  if (rows.length === 0) return []
  return table(['item', 'changed', 'lost', 'unverified'], rows)
    .split('\n')
    .map((line) => `             ${line}`)
}

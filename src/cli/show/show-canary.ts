import type { Backfill } from '../../backfill/index.ts'
import { count } from './words.ts'

/** What became of the canary of a backfill, or of one that is planned what it will be; nothing where it has none. */
export function showCanary({ id, state, canary, planId }: Backfill): string[] {
  if (!canary) return []
  const { contacts, goOn, rates, why, passedAt } = canary
  if (passedAt) {
    const how = why === null ? 'crossed no threshold' : `was let go on at ${passedAt.toISOString()}, after: ${why}`
    return [`  canary     of ${count(rates?.contacts ?? contacts, 'contact')} ${how}`]
  }
  if (state === 'stopped') {
    const seen = planId === null ? [] : [`what it would write: afterword backfill plan --show ${id}`]
    const choice = [...seen, `afterword backfill go-on ${id}, or cancel ${id}`]
    return [`  stopped    ${why}`, `             nothing is written; ${choice.join('; ')}`]
  }
  const then = goOn === 'ask' ? 'then it asks' : 'goes on by itself where no threshold is crossed'
  return [`  canary     the first ${count(contacts, 'contact')} are analysed and held; ${then}`]
}

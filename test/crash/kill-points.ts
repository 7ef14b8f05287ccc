import { sql } from 'kysely'
import type { Call, Fault } from '../support/accounts/account.ts'
import type { AtEnd } from '../support/database.ts'
import type { World } from '../support/world.ts'
import { setGate } from './gate.ts'

/** A moment in the life of a worker, brought about and held without a hook in the product. */
export type Trap = {
  /** Whether a worker stands exactly there, and stays. */
  isSprung(): Promise<boolean>
  /** After the kill: the way is free again for others. */
  clear(): Promise<void>
}

export type Arrange = (world: World, scene: { backfillId: number; atEnd: AtEnd }) => Promise<Trap>

const nothing = async () => undefined

/** Holds a worker at a call that the (first) CRM leaves without an answer. */
function atCrmCall(call: Call, fault: Fault) {
  return async ({ account }: World): Promise<Trap> => {
    account.fail(call, fault)
    return { isSprung: async () => account.count(call).unanswered === 1, clear: nothing }
  }
}

export const whileTheModelIsAsked: Arrange = async ({ models }) => {
  models.admin.fault({ kind: 'hang', times: 3 })
  return { isSprung: async () => models.admin.state().outcomes.hang === 3, clear: nothing }
}

const beforeTheAnswerIsKept: Arrange = async ({ database }, { atEnd }) => {
  // The twelfth of the plan: others are kept before it.
  const row = { table: 'backfill_items', event: 'update', when: `new.state = 'done' and new.seq = 12` } as const
  const gate = await setGate(database.url, row, atEnd)
  return { isSprung: gate.isReached, clear: gate.cutOff }
}

/** Everything is kept and marked, and not one wake-up for the pusher has got through. */
const beforeThePush: Arrange = async ({ database, useCases }, { backfillId, atEnd }) => {
  const row = { table: 'pgboss.job', event: 'insert', when: `new.name = 'sync.push'` } as const
  const gate = await setGate(database.url, row, atEnd)
  const isDone = async () => (await useCases.backfillStatus(backfillId)).backfill.state === 'done'
  return { isSprung: async () => (await gate.isReached()) && (await isDone()), clear: gate.cutOff }
}

export const whileAWriteIsOnItsWay = atCrmCall('write', 'hang_after')

const outcomeOfAWrite = { table: 'ledger', event: 'update', when: 'new.outcome is not null' } as const

const beforeTheOutcomeIsStored: Arrange = async ({ database }, { atEnd }) => {
  const gate = await setGate(database.url, outcomeOfAWrite, atEnd)
  return { isSprung: gate.isReached, clear: gate.cutOff }
}

/** What was pushed is read back minutes later: they are over as soon as nothing waits to be pushed. */
const whileWhatLandedIsRead: Arrange = async (world) => {
  const { db } = world
  const isPushed = async () => {
    const { rows } =
      await sql`select from record_state where unread_at is not null and not exists (select from marks)`.execute(db)
    return rows.length > 0
  }
  let read: Trap | undefined
  return {
    isSprung: async () => {
      if (read) return read.isSprung()
      if (!(await isPushed())) return false
      read = await atCrmCall('any', 'hang')(world)
      await sql`update record_state set unread_at = unread_at - interval '10 minutes'`.execute(db)
      return false
    },
    clear: nothing,
  }
}

/** Where a worker is killed, in the order in which it gets there: no CRM has a part in it yet. */
export const killPointsBefore: Record<string, Arrange> = {
  'while model calls are in flight': whileTheModelIsAsked,
  'after the model answered, before the answer is kept': beforeTheAnswerIsKept,
  'after all is kept, before any of it is pushed': beforeThePush,
}

/** And from then on, at the (first) CRM. */
export const killPointsAtCrm: Record<string, Arrange> = {
  'while the CRM is read': atCrmCall('read', 'hang'),
  'after the intent, before the write': atCrmCall('write', 'hang'),
  'after the write, before its answer': whileAWriteIsOnItsWay,
  'after the answer, before its outcome is stored': beforeTheOutcomeIsStored,
  'while the history of what was written is read': whileWhatLandedIsRead,
}

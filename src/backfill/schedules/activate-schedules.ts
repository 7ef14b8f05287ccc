import { basename } from 'node:path'
import { type Actor, recordEntry } from '../../audit/index.ts'
import { type Db, lockUntilEnd, type Trx, transact } from '../../db/index.ts'
import type { Problem } from '../../mapping/index.ts'
import type { ScheduleFiles } from './schedule-files.ts'
import { type Standing, standingSchedules } from './store.ts'
import type { Schedule } from './types.ts'

export type ScheduleActivation = { name: string; path: string; change: 'activated' | 'changed' | 'removed' }

/**
 * Makes what was read of the files the schedules in force, each by itself, in one transaction with its audit entries: a file that is
 * wrong keeps what it was when it was last right, one that is gone ends its schedule. Starts nothing: due times count from when a
 * schedule came, or came to other times. The same again changes nothing. Returns the problems with those between files and what stays.
 */
export async function activateSchedules(
  deps: { db: Db; now: () => Date },
  files: ScheduleFiles,
  actor: Actor,
): Promise<{ activations: ScheduleActivation[]; problems: Problem[] }> {
  return transact(deps.db, async (trx) => {
    // Two processes that see the same files saved: the second finds nothing to change.
    await lockUntilEnd(trx, 'schedule files')
    const before = await standingSchedules(trx)
    // By its name alone: every process sees the same file, whatever it calls the folder.
    const named = files.schedules.map((schedule) => ({ ...schedule, path: basename(schedule.path) }))
    const read = new Set(named.map(({ path }) => path))
    const staying = before.filter(({ schedule: { path } }) => {
      return !read.has(path) && (files.present === null || files.present.includes(path))
    })
    const problems = [...files.problems]
    const right = named.filter(({ name }, place) => {
      const other = staying.find(({ schedule }) => schedule.name === name)
      // Where nobody knows what is there, one of another path is the same one, moved.
      if (!other || files.present === null) return true
      const message = `${other.schedule.path}, as it was last saved without a mistake, has the same name "${name}"`
      problems.push({ path: files.schedules[place]?.path ?? '', line: 1, column: 1, message })
      return false
    })
    const activations: ScheduleActivation[] = []
    for (const schedule of right) {
      const old = before.find((each) => each.schedule.name === schedule.name)
      if (old?.schedule.hash === schedule.hash && old.schedule.path === schedule.path) continue
      await save(trx, schedule, old && isSameTime(old.schedule, schedule) ? old.since : deps.now())
      activations.push({ name: schedule.name, path: schedule.path, change: old ? 'changed' : 'activated' })
    }
    const kept = new Set([...right, ...staying.map(({ schedule }) => schedule)].map(({ name }) => name))
    for (const { schedule } of before.filter((each) => !kept.has(each.schedule.name))) {
      await trx.updateTable('schedules').set({ active: false }).where('name', '=', schedule.name).execute()
      activations.push({ name: schedule.name, path: schedule.path, change: 'removed' })
    }
    for (const { name, change } of activations) await note(trx, name, change, { before, right, actor })
    return { activations, problems }
  })
}

async function save(trx: Trx, schedule: Schedule, since: Date): Promise<void> {
  const { name, path, text, hash, enabled, cap } = schedule
  await trx
    .insertInto('schedule_files')
    .values({ hash, text })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const caps = { cap_usd: cap?.usd ?? null, cap_period: cap?.per ?? null }
  const row = { path, file_hash: hash, active: true, enabled, since, ...caps }
  await trx
    .insertInto('schedules')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute()
}

/** Due at the same times: what else is changed takes no due time away. */
function isSameTime(old: Schedule, now: Schedule): boolean {
  return old.rhythm === now.rhythm && old.zone === now.zone && old.enabled === now.enabled
}

async function note(
  trx: Trx,
  name: string,
  change: ScheduleActivation['change'],
  { before, right, actor }: { before: Standing[]; right: Schedule[]; actor: Actor },
): Promise<void> {
  const now = right.find((each) => each.name === name)
  await recordEntry(trx, {
    actor,
    action: `schedule.${change}`,
    subject: { kind: 'schedule', id: name },
    before: before.find(({ schedule }) => schedule.name === name)?.schedule.hash ?? null,
    after: now ? { hash: now.hash, every: now.rhythm, zone: now.zone, enabled: now.enabled, cap: now.cap } : null,
  })
}

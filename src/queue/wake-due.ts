import type { PgBoss } from 'pg-boss'
import { forgetKeysAtWork, tellWhatIsDue } from './job-store.ts'

/**
 * Tells the workers of what is due and nobody has begun, to be called again and again: what was sent for later, the next try of
 * what failed, and what waited until its key was free. By itself pg-boss tells only of what is due when it is sent; the rest
 * waits for a worker to look, and longer where its key is remembered as at work.
 */
export async function wakeDue(boss: PgBoss): Promise<void> {
  await forgetKeysAtWork(boss.getDb())
  await tellWhatIsDue(boss.getDb())
}

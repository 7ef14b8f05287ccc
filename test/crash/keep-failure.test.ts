import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { runStep } from '../../src/backfill/index.ts'
import { openScene } from './scene.ts'
import { modelCallCount } from './story.ts'

const { world, backfillId, startBackfill } = await openScene(41, { atEnd: afterAll })

test('an answer that cannot be kept is the last that is asked for, and the rest is open again', async () => {
  const { db, models } = world
  await sql`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$;
  `.execute(db)
  await sql`create trigger refuse before insert on analyses for each row execute function refuse()`.execute(db)
  models.admin.set({ latencyMs: 100 })
  await startBackfill()
  const step = { backfillId, holder: 'test' }
  await expect(runStep(world, step, new AbortController().signal)).rejects.toThrow('disk full')
  // Those of the first 250 ms, one at a time, and the one begun while they could not be kept.
  expect(models.admin.state().requests).toBeLessThan(modelCallCount / 2)

  await sql`drop function refuse cascade`.execute(db)
  models.admin.set({ latencyMs: 0 })
  expect((await world.useCases.backfillStatus(backfillId)).items).toMatchObject({ claimed: 0 })
  expect(await runStep(world, step, new AbortController().signal)).toEqual({ more: false })
  expect((await world.useCases.backfillStatus(backfillId)).items).toMatchObject({ open: 0, claimed: 0 })
})

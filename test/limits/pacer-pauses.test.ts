import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { readPause, type TurnEnd } from '../../src/limits/index.ts'
import { ask, ended, openPacing, provider, turnIn, turnOf } from './pacing.ts'

const { db, twoProcesses } = await openPacing()

describe('a hold', () => {
  test('keeps everybody from asking: whose patience is shorter is told at once, the others wait for its end', async () => {
    const [first, second] = twoProcesses()
    const idle = await turnOf(second)
    await (await turnOf(first)).end({ ...ended, isOverloaded: true, holdMs: 2_000 })
    for (const isBackground of [true, false]) {
      const refused = await ask(first, { isBackground, longestWaitMs: 1_000 })
      expect(refused).toMatchObject({ isHeld: true, waitMs: expect.any(Number) })
    }
    // The other process had a lease of 250 ms.
    await sleep(260)
    expect(await ask(second, { longestWaitMs: 1_000 })).toMatchObject({ isHeld: true })
    const began = performance.now()
    await Promise.all([turnOf(first), turnOf(second)])
    expect(performance.now() - began).toBeGreaterThan(1_300)
    await idle.end(ended)
  })

  test('an abort ends a wait with the signal’s reason, and the others go on', async () => {
    const [process] = twoProcesses()
    await (await turnOf(process)).end({ ...ended, holdMs: 600 })
    const stopping = new AbortController()
    const left = turnOf(process, { signal: stopping.signal })
    const stays = turnOf(process)
    stopping.abort(new Error('the service stops'))
    await expect(left).rejects.toThrow('the service stops')
    await (await stays).end(ended)
  })
})

describe('out of credit', () => {
  const refused: TurnEnd = { ...ended, credit: { refused: 'no credit' } }
  const due = () =>
    db
      .updateTable('provider_pauses')
      .set({ retry_at: new Date(0) })
      .execute()

  test('nobody asks any more, in no process; when it is time one does, and its answer frees all', async () => {
    const [first, second] = twoProcesses()
    const underWay = await Promise.all([turnOf(first), turnOf(first), turnOf(second)])
    const pauses = await Promise.all(underWay.map((turn) => turn.end(refused)))
    expect(pauses[0]).toMatchObject({ why: 'no credit', retryMs: expect.any(Number) })
    const waitMs = (await readPause(db, provider))?.retryMs ?? 0
    expect(waitMs, 'three refusals at once count as one').toBeGreaterThan(4.9 * 60_000)
    expect(waitMs).toBeLessThanOrEqual(5 * 60_000)
    const answers = await Promise.all([first, second, first, second].map((process) => ask(process)))
    expect(answers).toMatchObject(Array(4).fill({ paused: { why: 'no credit' } }))

    await due()
    await sleep(260)
    const probing = [first, first, second, second].map((process) => ask(process))
    const settled = await Promise.race([Promise.all(probing), sleep(800)])
    expect(settled, 'who waits beside the one that asks waits for its answer').toBeUndefined()
    const prober = await Promise.any(probing.map(async (each) => turnIn(await each)))
    await prober.end(ended)
    expect(await readPause(db, provider)).toBeNull()
    // Of the process that asked all go on now; the others were told to wait.
    const all = await Promise.all(probing)
    expect(all.filter((each) => 'turn' in each)).toHaveLength(2)
    expect(all.filter((each) => 'paused' in each)).toHaveLength(2)
    for (const process of [first, second]) await (await turnOf(process)).end(ended)
  })

  test('refused again it waits twice as long, up to an hour', async () => {
    const [process] = twoProcesses()
    await (await turnOf(process)).end(refused)
    const minutes: number[] = []
    for (let n = 0; n < 5; n++) {
      await due()
      await sleep(260)
      const pause = await (await turnOf(process)).end(refused)
      minutes.push(Math.round((pause?.retryMs ?? 0) / 60_000))
    }
    expect(minutes).toEqual([10, 20, 40, 60, 60])
  })

  test('who asks before the time does not put the time off, whatever comes of it', async () => {
    const [process] = twoProcesses()
    await (await turnOf(process)).end(refused)
    const first = await db.selectFrom('provider_pauses').selectAll().executeTakeFirstOrThrow()
    for (let n = 0; n < 3; n++) {
      await db
        .updateTable('provider_pauses')
        .set({ asked_at: new Date(Date.now() - 11_000) })
        .execute()
      const early = await turnOf(process, { isBackground: false })
      const meanwhile = await readPause(db, provider)
      expect(meanwhile?.retryMs, 'nor while it is asked').toBeGreaterThan(4 * 60_000)
      await early.end({ ...ended, credit: { refused: `still none ${n}` } })
    }
    const last = await db.selectFrom('provider_pauses').selectAll().executeTakeFirstOrThrow()
    expect(last).toEqual({ ...first, why: 'still none 2', asked_at: expect.any(Date) })
    expect(await ask(process, { isBackground: false }), 'and not again at once').toMatchObject({ paused: {} })
    await due()
    await sleep(260)
    const pause = await (await turnOf(process)).end(refused)
    expect(Math.round((pause?.retryMs ?? 0) / 60_000)).toBe(10)
  })

  test('somebody who waits may ask before the time, but not again and again', async () => {
    const [process] = twoProcesses()
    await (await turnOf(process)).end(refused)
    expect(await ask(process, { isBackground: false })).toMatchObject({ paused: {} })
    await db
      .updateTable('provider_pauses')
      .set({ asked_at: new Date(Date.now() - 11_000) })
      .execute()
    expect(await ask(process)).toMatchObject({ paused: {} })
    const turn = await turnOf(process, { isBackground: false })
    await turn.end(ended)
    expect(await readPause(db, provider)).toBeNull()
  })
})

import { appendFileSync } from 'node:fs'
import fc from 'fast-check'
import { test } from 'vitest'
import { anyProgram } from './any-program.ts'
import { modelOf } from './model.ts'
import type { Pace } from './paces.ts'
import { play } from './play.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const out = process.env.HUNT ?? '/tmp/hunt.log'
test('hunt', async () => {
  const end = Date.now() + Number(process.env.SECONDS ?? 200) * 1000
  let seed = Number(process.env.SEED ?? 1)
  let n = 0
  let best = 99
  while (Date.now() < end) {
    const drawn = fc.sample(anyProgram, { numRuns: 40, seed: seed++ })
    n += 40
    const asGiven = drawn.map(({ program }) => ({ program, order: program.ops }))
    const shuffled = drawn.map(({ program, shuffled }) => ({ program, order: shuffled }))
    for (const [list, pace] of [
      [asGiven, 'each'],
      [asGiven, 'end'],
      [shuffled, 'minute'],
    ] as [typeof asGiven, Pace][]) {
      const t = Date.now()
      const played = await play(stage, list, pace)
      appendFileSync(out, `seed ${seed - 1} ${pace} ${Date.now() - t}ms again ${JSON.stringify(played.again)}\n`)
      for (const [i, { program, order }] of list.entries()) {
        const want = modelOf(program)
        if (JSON.stringify(want) !== JSON.stringify(played.cells[i]) && program.ops.length <= best) {
          best = program.ops.length
          appendFileSync(
            out,
            `FAIL ${pace} want ${JSON.stringify(want)} got ${JSON.stringify(played.cells[i])}\n${JSON.stringify(program.fields)}\n${program.before.map((o) => JSON.stringify(o)).join('\n')}\n--\n${order.map((o) => JSON.stringify(o)).join('\n')}\n\n`,
          )
        }
      }
    }
  }
  appendFileSync(out, `${n} programs\n`)
}, 3_600_000)

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyProgram } from './any-program.ts'
import { modelOf } from './model.ts'
import { play } from './play.ts'
import { openStage } from './stage.ts'

/**
 * ENGINE.md section 6, scenario 13, and 7 for programs that nobody has thought of. `PROGRAMS=2000 npx vitest run
 * test/scenarios/programs/random.test.ts` plays that many; `PROGRAMS_SEED=7` makes them others.
 */
const { PROGRAMS = '40', PROGRAMS_SEED = '20261121' } = process.env
const atOnce = 40
const seed = Number(PROGRAMS_SEED)
const batches = Math.ceil(Number(PROGRAMS) / atOnce)

const stage = await openStage()

test('the model knows no order of arrival', () => {
  fc.assert(
    fc.property(anyProgram, ({ program, shuffled }) => {
      expect(modelOf(program, shuffled)).toEqual(modelOf(program))
    }),
    { seed, numRuns: 300 },
  )
})

test(
  'the same facts end in the same cells, pushed after each or only at the end, and in another order',
  async () => {
    const programs = fc.array(anyProgram, { minLength: 1, maxLength: atOnce, size: 'max' })
    await fc.assert(
      fc.asyncProperty(programs, async (drawn) => {
        const model = drawn.map(({ program }) => modelOf(program))
        const asGiven = drawn.map(({ program }) => ({ program, order: program.ops }))
        const shuffled = drawn.map(({ program, shuffled }) => ({ program, order: shuffled }))
        const nothing = { rowsWritten: 0, historyCalls: 0 }
        expect(await play(stage, asGiven, 'each')).toEqual({ cells: model, again: nothing })
        expect(await play(stage, asGiven, 'end')).toEqual({ cells: model, again: nothing })
        expect(await play(stage, shuffled, 'minute')).toEqual({ cells: model, again: nothing })
      }),
      { seed, numRuns: batches },
    )
  },
  20_000 + batches * 20_000,
)

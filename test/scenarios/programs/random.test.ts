import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type HolderKind, holders, kinds } from '../../support/accounts/account.ts'
import { type AnyProgram, anyProgram } from './any-program.ts'
import { modelOf } from './model.ts'
import { play } from './play.ts'
import { openStage, type Stage } from './stage.ts'

/**
 * ENGINE.md section 6, scenario 13, and 7 for programs that nobody has thought of: so many over both CRMs together, and
 * half as many on our own contacts. Each has a seed of its own, counted on from the first: `PROGRAMS=1000 PROGRAMS_SEED=7 npx vitest run test/scenarios/programs/random.test.ts`.
 */
const programCount = Math.ceil(Number(process.env.PROGRAMS ?? 40) / kinds.length)
const firstSeed = Number(process.env.PROGRAMS_SEED ?? 20261121)
const atOnce = 75
const once = { numRuns: 1, unbiased: true }
const seeds = Array.from({ length: programCount }, (_, index) => firstSeed + index)
const batches = Array.from({ length: Math.ceil(programCount / atOnce) }, (_, index) => ({
  batch: seeds.slice(index * atOnce, (index + 1) * atOnce),
}))

describe.each(holders)('on %s', async (kind) => {
  const stage = await openStage(kind)

  test('the model itself knows no order of arrival', () => {
    fc.assert(
      fc.property(anyProgram(kind), ({ program, shuffled }) => {
        expect(modelOf(program, shuffled)).toEqual(modelOf(program))
      }),
      { seed: firstSeed, numRuns: 300 },
    )
  })

  test.each(batches)(
    'the same facts end in the same cells, pushed after each, at the end or in another order: $batch.0 and on',
    async ({ batch }) => {
      const drawn = batch.map((seed) => draw(kind, seed))
      const model = drawn.map(({ program }) => modelOf(program))
      const outcomes = await playEveryWay(stage, drawn)
      const wrong = batch.filter((_, index) => outcomes.some(({ cells }) => !same(cells[index], model[index])))
      for (const seed of wrong.slice(0, 1)) await shrink(stage, seed)
      expect(wrong, 'seeds of programs that disagree only when played side by side').toEqual([])
      for (const { again } of outcomes) expect(again).toEqual({ rowsWritten: 0, historyCalls: 0 })
    },
    300_000,
  )
})

/** The program of a seed: the very one that `shrink` begins with. */
function draw(kind: HolderKind, seed: number): AnyProgram {
  let drawn: AnyProgram | undefined
  const keep = fc.property(anyProgram(kind), (one) => {
    drawn = one
  })
  fc.assert(keep, { seed, ...once })
  if (!drawn) throw new Error('fast-check drew nothing')
  return drawn
}

async function playEveryWay(stage: Stage, drawn: readonly AnyProgram[]) {
  const asGiven = drawn.map(({ program }) => ({ program, order: program.ops }))
  const shuffled = drawn.map(({ program, shuffled }) => ({ program, order: shuffled }))
  return [await play(stage, asGiven, 'each'), await play(stage, asGiven, 'end'), await play(stage, shuffled, 'minute')]
}

/** Plays one program alone, and simpler ones for as long as they fail too. */
async function shrink(stage: Stage, seed: number): Promise<void> {
  const alone = fc.asyncProperty(anyProgram(stage.ground.kind), async (one) => {
    const model = modelOf(one.program)
    const [each, end, shuffled] = (await playEveryWay(stage, [one])).map(({ cells }) => cells[0])
    expect({ each, end, shuffled }).toEqual({ each: model, end: model, shuffled: model })
  })
  await fc.assert(alone, { seed, ...once, interruptAfterTimeLimit: 90_000 })
}

function same(cells: unknown, model: unknown): boolean {
  return JSON.stringify(cells) === JSON.stringify(model)
}

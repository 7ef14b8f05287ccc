import fc from 'fast-check'
import { type Fault, faults, type Kind } from '../../support/accounts/account.ts'
import { type AnyProgram, anyProgram } from '../programs/any-program.ts'

/**
 * What goes wrong from before a push of the play on: calls to the CRM, or the pusher itself, which dies around its write. What
 * befalls `reads back` waits for the next write, whose own reads look what became of it.
 */
export type Trouble = {
  beforePush: number
  of: 'reads' | 'writes' | 'reads back' | 'all calls'
  kind: Fault | 'dies_before' | 'dies_after'
  times: number
}

/** Programs that are played side by side, and what goes wrong meanwhile. */
export type Schedule = { programs: AnyProgram[]; troubles: Trouble[] }

/** Whatever is refused for good is no trouble that passes by itself. */
const passing = faults.filter((fault) => fault !== 'refused')

export function anySchedule(kind: Kind): fc.Arbitrary<Schedule> {
  const trouble = fc.record({
    beforePush: fc.nat(8),
    of: fc.constantFrom<Trouble['of']>('reads', 'writes', 'writes', 'reads back', 'all calls'),
    kind: fc.constantFrom<Trouble['kind']>(...passing, 'dies_before', 'dies_after'),
    // From five on, what the adapter does about it itself is not enough.
    times: fc.constantFrom(1, 1, 2, 5),
  })
  return fc.record({
    programs: fc.array(anyProgram(kind), { minLength: 1, maxLength: 3 }),
    troubles: fc.array(trouble, { minLength: 2, maxLength: 12 }),
  })
}

import type { Crm } from '../../../src/crm/index.ts'
import { AppError } from '../../../src/errors.ts'
import type { World } from '../../support/world.ts'
import type { Weather } from '../programs/play.ts'
import { leftOver } from './ledger.ts'
import type { Trouble } from './schedule.ts'

class Died extends Error {}

const callsOf = { reads: 'read', writes: 'write', 'reads back': 'read', 'all calls': 'any' } as const
const mostPushes = 20

/**
 * The weather of a schedule: before each push what is due goes wrong. A push that fails is left to the next one, as a job would
 * be; a pusher that dies leaves what it has stored. When it clears up, it is pushed until nothing waits.
 */
export function weatherOf(world: World, crm: Crm, troubles: readonly Trouble[]): Weather {
  const { account, crms, db } = world
  let pushes = 0
  let deaths: Trouble['kind'][] = []
  let onReadsBack: Trouble[] = []
  const die = (at: Trouble['kind']) => {
    const due = deaths.indexOf(at)
    if (due === -1) return
    deaths.splice(due, 1)
    throw new Died(at)
  }
  const befall = ({ of, kind, times }: Trouble) => {
    if (kind === 'dies_before' || kind === 'dies_after') deaths.push(kind)
    else account.fail(callsOf[of], kind, times)
  }
  const mortal: Crm = {
    ...crm,
    write: async (...rows) => {
      die('dies_before')
      for (const trouble of onReadsBack.splice(0)) befall(trouble)
      const outcomes = await crm.write(...rows)
      die('dies_after')
      return outcomes
    },
  }

  async function push(): Promise<void> {
    crms.set(crm.connection, mortal)
    // A day without calls left is over by the next push.
    await db.deleteFrom('call_days').execute()
    try {
      await world.push()
    } catch (error) {
      if (!(error instanceof AppError || error instanceof Died)) throw error
      world.log.debug({ err: error }, 'a push has failed')
    }
  }

  return {
    async push() {
      for (const trouble of troubles) {
        if (trouble.beforePush !== pushes) continue
        if (trouble.of === 'reads back') onReadsBack.push(trouble)
        else befall(trouble)
      }
      pushes += 1
      await push()
    },
    async clearUp() {
      account.recover()
      deaths = []
      onReadsBack = []
      pushes = Number.POSITIVE_INFINITY
      for (let left = mostPushes; left > 0; left--) {
        const { marks, unreadCells } = await leftOver(world)
        if (marks + unreadCells === 0) return
        await push()
      }
    },
  }
}

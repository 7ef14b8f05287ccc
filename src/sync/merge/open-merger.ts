import type { RecordFacts } from '../timeline/load-facts.ts'
import { type Held, type MergeDeps, makeMerge } from './make-merge.ts'
import type { KnownMerges, MakeMerges, Need } from './types.ts'

const atOnce = 8

/** The run that pays for what the cells of a record need. */
type RunOf = (facts: RecordFacts) => number | null

/**
 * Who makes the texts that cells lack, a few at a time, each once; what one costs is charged to the run that `runOf` names for
 * its record. Once the provider itself has failed nothing more is asked of it for as long as that failure says, so that the many
 * records of a push do not wait for it again and again. A signal breaks off what is being asked.
 */
export function openMerger(deps: MergeDeps, signal: AbortSignal | undefined): (runOf: RunOf) => MakeMerges {
  let trouble: { held: Held; until: number } | undefined
  const make = async (needs: Need[], runOf: RunOf, known: KnownMerges): Promise<void> => {
    const [first] = needs
    if (!first) return
    const { merge, facts } = first
    const runId = runOf(facts)
    const stretches = needs.map((need) => ({ recordId: need.facts.recordId, field: need.field, merge: need.merge }))
    const inTrouble = trouble !== undefined && deps.now().getTime() < trouble.until ? trouble.held : undefined
    const made = inTrouble ?? (runId === null ? noRun : await makeMerge(deps, merge, { runId, stretches, signal }))
    if ('text' in made) known.texts.set(merge.hash, made.text)
    else known.held.set(merge.hash, made)
    if (!inTrouble && 'why' in made && made.isProviders)
      trouble = { held: made, until: deps.now().getTime() + made.retryMs }
  }
  return (runOf) => async (needs, known) => {
    const queue = [...Map.groupBy(needs, (need) => need.merge.hash).values()]
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await make(next, runOf, known)
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, lane))
  }
}

const noRun: Held = { why: 'no run is there to pay for it', retryMs: 60 * 60_000, isProviders: false }

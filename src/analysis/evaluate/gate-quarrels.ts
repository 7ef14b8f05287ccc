import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { engineVersion } from '../request-hash.ts'

const schema = z.object({
  at: z.iso.datetime(),
  engine: z.string(),
  claim: z.string().nullable(),
  withoutTools: z.boolean(),
  without: z.array(z.string()),
  limit: z.number().nullable(),
  configs: z.array(z.object({ agentId: z.string(), hash: z.string(), model: z.string(), compared: z.number() })),
  conversations: z.object({ notStored: z.number() }),
  all: z.object({ labels: z.number() }),
  gate: z.number().optional(),
  below: z.array(z.object({ item: z.string() })).default([]),
})

/** A stored evaluation, as far as a gate looks at it. */
export type GateResult = z.infer<typeof schema>

/** Reads what `afterword eval --gate --out` wrote. Pure; throws `evaluation.unreadable` (422). */
export function readGateResult(given: unknown): GateResult {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const message = 'this is no evaluation: give what `afterword eval --gate <share> --out <file>` wrote'
  throw new AppError('evaluation.unreadable', 'skip', message, { status: 422 })
}

/**
 * Why an evaluation does not speak for these configs, each with the agent whose conversations it is for and the model that is asked now:
 * it has no gate or did not pass it, a stand-in answered, the model read less than a backfill shows it, labels were left out, a config,
 * the model or the engine is another one, or nothing of a config was compared. Items that were left out are no reason: some only a
 * reader can judge. Nothing where it does. Pure.
 */
export function gateQuarrels(
  result: GateResult,
  configs: readonly { agentId: string; name: string; hash: string; model: string }[],
): string[] {
  const { gate, below, all, claim, engine, withoutTools, limit, conversations } = result
  const unlike = configs.flatMap(({ agentId, name, hash, model }) => {
    const same = result.configs.filter((each) => each.compared > 0 && each.agentId === agentId && each.hash === hash)
    const [first] = same
    if (!first) return [`the config of ${name} was not evaluated`]
    if (same.some((each) => each.model === model)) return []
    return [`the config of ${name} was evaluated with ${first.model}, a backfill asks ${model}`]
  })
  return [
    gate === undefined && 'it was made without --gate',
    all.labels === 0 && 'nothing was compared',
    below.length > 0 && `below the gate are ${below.map(({ item }) => item).join(', ')}`,
    claim !== null && `a stand-in answered (${claim})`,
    withoutTools && 'the model was shown no tool calls',
    limit !== null && `only the first ${limit} labels were looked at`,
    conversations.notStored > 0 && `labelled, but not analysed: ${conversations.notStored} conversations`,
    engine !== engineVersion && `it was made by engine ${engine}, this is ${engineVersion}`,
    ...unlike,
  ].filter((quarrel) => quarrel !== false)
}

import { type AgentItems, itemsInUse } from '../../agents/index.ts'
import type { Crm, CrmField } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Mapping } from '../../mapping/index.ts'
import { type Behind, findBehind } from './behind-store.ts'
import { checkMapping } from './check-mapping.ts'
import { connectionProblem } from './connection-problem.ts'
import { type Findings, merged } from './findings.ts'

/** An object whose fields could not be asked: what is said of its files lacks them. */
export type Unreachable = { connection: string; object: string; message: string }

export type LiveCheck = Findings & { unreachable: Unreachable[]; behind: Behind[] }

/**
 * Holds mappings that are right by themselves against the CRMs as they are now, against what the agents extract (those given,
 * else of this installation) and against what was decided so far. Writes nothing anywhere. A CRM that does not answer is told
 * in `unreachable`, and everything else is checked all the same.
 */
export async function checkLive(
  { db, crms }: { db: Db; crms: ReadonlyMap<string, Crm> },
  { mappings, agents }: { mappings: readonly Mapping[]; agents?: readonly AgentItems[] },
): Promise<LiveCheck> {
  const { described, unreachable } = await describeTargets(crms, mappings)
  const items = agents ?? (await itemsInUse(db))
  const connections = new Map([...crms.values()].map(({ connection, kind }) => [connection, kind]))
  const findings = mappings.map((mapping) => {
    const problem = connectionProblem(mapping, connections)
    const fields = problem ? null : (described.get(targetOf(mapping)) ?? null)
    // An installation that knows no agent yet cannot tell which names are wrong.
    const known = checkMapping(mapping, { fields, agents: items.length > 0 ? items : null })
    return merged(known, { problems: problem ? [problem] : [], advice: [] })
  })
  return {
    problems: findings.flatMap(({ problems }) => problems),
    advice: findings.flatMap(({ advice }) => advice),
    unreachable,
    behind: await findBehind(db, mappings),
  }
}

function targetOf({ connection, object }: Pick<Mapping, 'connection' | 'object'>): string {
  return JSON.stringify([connection, object])
}

/** Asks each object once, side by side. */
async function describeTargets(crms: ReadonlyMap<string, Crm>, mappings: readonly Mapping[]) {
  const described = new Map<string, CrmField[]>()
  const unreachable: Unreachable[] = []
  const targets = new Map(mappings.map((mapping) => [targetOf(mapping), mapping]))
  const describe = async ([target, { connection, crm: kind, object }]: [string, Mapping]) => {
    const crm = crms.get(connection)
    // Of our own contacts a rule makes the field, whatever it is called.
    if (crm?.kind !== kind || crm.isOurs) return
    try {
      described.set(target, await crm.describe(object))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      unreachable.push({ connection, object, message: error.message })
    }
  }
  await Promise.all([...targets].map(describe))
  return { described, unreachable }
}

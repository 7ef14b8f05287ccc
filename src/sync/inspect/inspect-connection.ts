import { itemsInUse } from '../../agents/index.ts'
import {
  askedAgain,
  type CheckConnection,
  type Crm,
  type CrmField,
  endWaits,
  type Finding,
  readSchema,
  readStops,
  type Stop,
} from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { forgetUsedUp } from '../../limits/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { refusalsOf } from '../activities/store.ts'
import { activeMappings } from '../mapping-store.ts'
import { missingKeys } from '../prepare/activity-keys.ts'
import { foreignWriters } from './foreign-writers.ts'
import { inspectFields } from './inspect-fields.ts'
import { inspectHistory } from './inspect-history.ts'

export type InspectDeps = { db: Db; crm: Crm; checkConnection: CheckConnection; now: () => Date }

/**
 * Holds a CRM account against the mapping files in force there: credentials, permissions and limits, every field that they read or
 * write, field history, and who else writes to our fields. Asks the CRM, writes nothing in it; work that it had refused is tried again. What cannot be asked is a finding:
 * throws only what nobody foresaw.
 */
export async function inspectConnection(deps: InspectDeps): Promise<Finding[]> {
  const { db, crm, checkConnection } = deps
  const { connection } = crm
  const findings: Finding[] = []
  const look = async <T>(about: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const what = error.code === 'crm.daily_limit' ? 'daily limit' : about
      findings.push({ about: what, verdict: 'wrong', found: error.message })
      return undefined
    }
  }
  await forgetUsedUp(db, connection)
  const account = await look('credentials', async () => {
    const found = await crm.account()
    await checkConnection(connection)
    return found
  })
  const stops = await readStops(db, connection)
  findings.push(...stops.map((stop) => standingStill(stop, connection, account !== undefined)))
  // Whatever else is asked would say the same.
  if (!account) return findings
  if (stops.length > 0) await endWaits(db, connection)
  findings.unshift(credentials(crm, account))
  const mappings = (await activeMappings(db)).filter((mapping) => mapping.connection === connection)
  if (mappings.length === 0) {
    const advice = `afterword mapping init ${connection} writes a first one`
    findings.push({ about: 'mappings', verdict: 'warning', found: 'no mapping file in force writes to it', advice })
  }
  findings.push(...((await look('activity key', () => keysLacking(crm, mappings))) ?? []))
  findings.push(...(await refusedActivities(db, connection)))
  const objects = [...new Set(mappings.map(({ object }) => object))]
  const needs = { objects, writes: mappings.some(({ write }) => write) }
  findings.push(...((await look('permissions', async () => crm.inspect?.(needs))) ?? []))
  const agents = await itemsInUse(db)
  for (const object of objects) {
    const own = mappings.filter((mapping) => mapping.object === object)
    // Asked anew: what an admin has just changed is what they want to see.
    const fields = await look(`${object} fields`, () => readSchema({ db, crm }, object, { maxAgeMs: 0 }))
    if (!fields) continue
    findings.push(...inspectFields(object, own, fields, agents))
    findings.push(...inspectHistory(object, own, fields))
    findings.push(...((await look(`${object} other writers`, () => others(deps, object, own, fields))) ?? []))
  }
  return findings
}

/** Where the account takes us now, pushes that stood still go on at once: looking is a person's word for it. */
function standingStill(stop: Stop, connection: string, isTaken: boolean): Finding {
  const isPush = stop.work === 'push'
  const about = isPush ? 'pushes' : 'imports'
  const found = `stand still since ${stop.since.toISOString()}: ${stop.why}`
  if (!isTaken) return { about, verdict: 'wrong', found, advice: `mend that; it is ${askedAgain(stop, connection)}` }
  const advice = isPush
    ? 'it is asked again now'
    : `it is asked again by the next import, now by afterword crm import ${connection}`
  return { about, verdict: 'warning', found, advice }
}

async function keysLacking(crm: InspectDeps['crm'], mappings: readonly Mapping[]): Promise<Finding[]> {
  return (await missingKeys(crm, mappings)).map(({ object, name }) => {
    const found = `${object} lack ${name} with unique values: after a lost answer an activity waits, or is looked for by its text`
    const advice = `afterword crm prepare ${crm.connection} creates it, or says how`
    return { about: 'activity key', verdict: 'warning', found, advice }
  })
}

async function refusedActivities(db: Db, connection: string): Promise<Finding[]> {
  return (await refusalsOf(db, connection)).map(({ code, kind, count, example, since }) => {
    const found = `${count} not logged as they should be since ${since.toISOString()}: ${code}; one of them is ${example}`
    const advice = 'each is sent again a day after it was refused, or when its summary or its link changes'
    return { about: `${kind}s refused`, verdict: 'warning', found, advice }
  })
}

function credentials(crm: Crm, account: Awaited<ReturnType<Crm['account']>>): Finding {
  const { accountId, timeZone, ownAppId } = account
  const found = `${crm.kind} account ${accountId}, time zone ${timeZone}`
  if (ownAppId !== null) return { about: 'credentials', verdict: 'ok', found }
  const advice = 'set APP_ID to the id of our app there, or our own writes count as edits by somebody unknown'
  return {
    about: 'credentials',
    verdict: 'warning',
    found: `${found}; it does not tell who we are in its history`,
    advice,
  }
}

function others(
  { db, crm, now }: InspectDeps,
  object: string,
  mappings: readonly Mapping[],
  fields: readonly CrmField[],
) {
  return foreignWriters({ db, crm, now }, { object, mappings, fields })
}

import { readSchema } from '../../../src/crm/index.ts'
import { transact } from '../../../src/db/index.ts'
import type { Value } from '../../../src/mapping/index.ts'
import { markRecords } from '../../../src/sync/index.ts'
import { settle } from '../../../src/sync/removal/settle.ts'
import { analyse } from './analyse.ts'
import { answersOf, type Op, type Program } from './language.ts'
import { type Pace, type Step, stepsOf } from './paces.ts'
import { placeFields } from './place-fields.ts'
import { chatOf, conversationId, enter, findingsOf, heldBy, type Player, propertyOf } from './player.ts'
import type { Stage } from './stage.ts'

/** A program, and the order in which its operations reach us. */
export type Performance = { program: Program; order: readonly Op[] }

/** What the CRM is like while a program is played: how a push fares, and how it clears up before the last one. */
export type Weather = { push(): Promise<void>; clearUp(): Promise<void> }

export type Played = {
  /** What the CRM holds at the end, per performance and field. */
  cells: { [field: string]: Value }[]
  /** What one more push of every record costs the CRM. */
  again: { rowsWritten: number; historyCalls: number }
}

/**
 * Plays programs side by side, each on a contact of its own: pushes at the given pace, and at last once for all. The CRM does
 * as it should, unless the weather is another.
 */
export async function play(
  stage: Stage,
  performances: readonly Performance[],
  pace: Pace,
  weather: Weather = { push: stage.world.push, clearUp: async () => {} },
): Promise<Played> {
  const { ground } = stage
  const look = (those: readonly Player[]) => lookThrough(stage, those, weather)
  const players = await castOf(stage, performances, pace)
  await stage.useRules(fieldsOf(players))
  for (const player of players) for (const edit of player.before) await enter(stage, player, edit)
  for (const acts of momentsOf(players)) {
    const time = timeOf(acts)
    stage.setClock(time)
    await happen(stage, players, acts)
    stage.setClock(time + 500)
    await look(acts.filter(({ step }) => step.thenPush).map(({ player }) => player))
  }
  await deliverAgain(stage, players)
  await weather.clearUp()
  await look(players)
  const before = await ground.costs()
  await look(players)
  const after = await ground.costs()
  const again = {
    rowsWritten: after.rowsWritten - before.rowsWritten,
    historyCalls: after.historyCalls - before.historyCalls,
  }
  const held = new Map((await ground.contacts()).map(({ id, properties }) => [id, properties]))
  return { cells: players.map((player) => heldBy(player, held.get(player.contact.externalId) ?? {})), again }
}

/** Every conversation comes once more, as webhooks do: whatever has become of it since, that changes nothing. */
async function deliverAgain({ world }: Stage, players: readonly Player[]): Promise<void> {
  const chats = players.flatMap((player) =>
    player.steps.flatMap(({ op }) => (op.op === 'conversation' ? [chatOf(player, op)] : [])),
  )
  if (chats.length > 0) await world.take(...chats)
}

async function castOf(stage: Stage, performances: readonly Performance[], pace: Pace): Promise<Player[]> {
  const contacts = await stage.takeContacts(performances.length)
  const fields = placeFields(performances.map(({ program }) => program))
  const hour = stage.nextHour()
  return contacts.map((contact, index) => ({
    id: `${hour}_${index}`,
    contact,
    fields: fields[index] ?? new Map(),
    before: performances[index]?.program.before ?? [],
    steps: stepsOf(performances[index]?.order ?? [], pace),
    runIds: new Map(),
    previews: new Map(),
    timeOf: (minute) => stage.timeOf(hour, minute),
  }))
}

function fieldsOf(players: readonly Player[]) {
  return [...new Set(players.flatMap(({ fields }) => [...fields.values()]))]
}

type Act = { player: Player; step: Step }

/** What happens at the same moment in all programs, in the order of time. */
function momentsOf(players: readonly Player[]): Act[][] {
  const acts = players.flatMap((player) => player.steps.map((step) => ({ player, step })))
  const moments = [...Map.groupBy(acts, (act) => timeOf([act])).entries()]
  return moments.sort(([a], [b]) => a - b).map(([, together]) => together)
}

/** Operations of one minute are a second apart. */
function timeOf([act]: readonly Act[]): number {
  return act ? act.player.timeOf(act.step.minute) + act.step.place * 1_000 : 0
}

/** Edits and conversations come in, rules change, runs find what they find, people have their say: one thing per program. */
async function happen(stage: Stage, players: readonly Player[], acts: readonly Act[]): Promise<void> {
  const { world } = stage
  for (const { player, step } of acts) if (step.op.op === 'edit') await enter(stage, player, step.op)
  const chats = acts.flatMap(({ player, step }) => (step.op.op === 'conversation' ? [chatOf(player, step.op)] : []))
  if (chats.length > 0) await world.take(...chats)

  const changes = acts.flatMap(({ player, step: { op } }) => {
    return op.op === 'rules' ? Object.entries(op.rules).map(([field, rule]) => ({ player, field, rule })) : []
  })
  for (const { player, field, rule } of changes) Object.assign(player.fields.get(field) ?? {}, { rule })
  if (changes.length > 0) await stage.useRules(fieldsOf(players))

  for (const keep of [true, false]) await find(stage, acts, keep)
  const settled = acts.flatMap(({ player, step: { op } }) =>
    op.op === 'settle' ? op.names.map((name) => conversationId(player, name)) : [],
  )
  if (settled.length > 0) await settleThese(world, settled)
  for (const { player, step } of acts) await decide(stage, player, step.op)
}

/** All runs of the moment find what they find, at once: those that count, or the previews. */
async function find({ world }: Stage, acts: readonly Act[], keep: boolean): Promise<void> {
  const runs = acts.flatMap(({ player, step: { op } }) => {
    if (op.op === 'keep' || (op.op === 'preview') === keep) return []
    const findings = findingsOf(player, op.op === 'preview' ? { [op.of]: op.answers } : answersOf(op))
    return 'name' in op && Object.keys(findings).length > 0 ? [{ player, name: op.name, findings }] : []
  })
  const found = await analyse(
    world,
    runs.map(({ findings }) => findings),
    { keep },
  )
  for (const [index, { player, name }] of runs.entries()) {
    player.runIds.set(name, found[index]?.runId ?? 0)
    if (!keep) player.previews.set(name, found[index]?.number ?? 0)
  }
}

/** What retention does with them once they are old enough and pushed. */
async function settleThese({ db, crm, crms, account }: Stage['world'], conversationIds: string[]): Promise<void> {
  await readSchema({ db, crm }, account.object, { maxAgeMs: Number.POSITIVE_INFINITY })
  await transact(db, (trx) => settle(trx, crms, conversationIds))
}

/** What a person decides: to keep a preview, to correct a field, to delete a conversation, to undo a run. */
async function decide({ world }: Stage, player: Player, op: Op): Promise<void> {
  const { actor, useCases } = world
  const why = { actor, reason: 'a program says so' }
  const run = async () => {
    switch (op.op) {
      case 'keep': {
        const number = player.previews.get(op.keeps) ?? 0
        return useCases.keepAnalysis({ conversationId: conversationId(player, op.of), number, ...why })
      }
      case 'correction': {
        const item = propertyOf(player, op.field)
        return useCases.correctField({ conversationId: conversationId(player, op.of), item, value: op.value, ...why })
      }
      case 'delete':
        return useCases.deleteConversation({ id: conversationId(player, op.deletes), ...why })
      case 'undo':
        return useCases.undoRun({ runId: player.runIds.get(op.undoes) ?? 0, ...why })
      default:
        return undefined
    }
  }
  const made = await run()
  if (made && 'name' in op) player.runIds.set(op.name, made.runId ?? 0)
}

/** Pushes these records, and whatever else is marked: every one of them is read, whether anything has marked it or not. */
async function lookThrough(
  { world, ground: { connection } }: Stage,
  players: readonly Player[],
  weather: Weather,
): Promise<void> {
  if (players.length === 0) return
  const recordIds = players.map(({ contact }) => contact.recordId)
  await transact(world.db, (trx) => markRecords(trx, { connection, recordIds, priority: 0, reason: 'look' }))
  await weather.push()
}

import { z } from 'zod'
import { swapsOf } from '../../agents/index.ts'
import { startRun } from '../../audit/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { acceptRetell } from '../accept-retell.ts'
import type { ConversationsAnnouncements } from '../announcements.ts'
import { storeConversations } from '../store-conversations.ts'
import { withTransfers } from './with-transfers.ts'

const eventSchema = z.looseObject({ event: z.string(), call: z.unknown().optional(), chat: z.unknown().optional() })

/**
 * The events that carry what a conversation was, and where. Of one under way there is nothing to analyse yet, and what it will be
 * comes with its end (reference/retell.md 2.7).
 */
const carriers: ReadonlyMap<string, 'call' | 'chat'> = new Map([
  ['call_ended', 'call'],
  ['call_analyzed', 'call'],
  ['chat_ended', 'chat'],
  ['chat_analyzed', 'chat'],
] as const)

type EventOutcome = 'new' | 'changed' | 'unchanged' | 'dropped' | 'ignored'

/**
 * Takes in what a webhook of the source product tells, for the account whose signature it bears. In any order and more than once: what
 * is known already and what is older than what is known change nothing. Events of other names are ignored, today's and tomorrow's.
 * Throws `intake.invalid` (400) for an event whose conversation cannot be read.
 */
export async function takeRetellEvent(
  deps: {
    db: Db
    now: () => Date
    defaultCountry: string
    next: Pick<ConversationsAnnouncements, 'conversationsStored'>
  },
  input: { event: unknown; account: string },
): Promise<EventOutcome> {
  const event = eventSchema.safeParse(input.event)
  if (!event.success) throw invalid('the body', ['is no event: it needs the text "event"'])
  const name = event.data.event
  const kind = carriers.get(name)
  if (kind === undefined) return 'ignored'
  // Nobody is asked while the vendor waits: what is not known of its agents yet comes with a pull.
  const { object, transfersBy } = await withTransfers(event.data[kind], (agentId, version) =>
    swapsOf(deps.db, agentId, version),
  )
  const accepted = acceptRetell(object, { now: deps.now(), defaultCountry: deps.defaultCountry, transfersBy })
  if ('problems' in accepted) throw invalid(`the ${kind} of a ${name} event`, accepted.problems)
  if (accepted.conversation.kind !== kind) throw invalid(`the ${kind} of a ${name} event`, [`is no ${kind}`])
  const [stored] = await storeConversations(deps, [accepted], {
    live: true,
    openRun: (trx) =>
      startRun(trx, { kind: 'intake', actor: { kind: 'system', name: `retell:${input.account}` }, reason: name }),
  })
  return stored?.stored ?? 'unchanged'
}

function invalid(what: string, problems: string[]): AppError {
  return new AppError('intake.invalid', 'skip', `${what} cannot be used: ${problems.join('; ')}`, {
    status: 400,
    facts: { problems },
  })
}

import type { Conversation } from '../../conversations/index.ts'
import { objectOf, recordIdOf } from '../../crm/index.ts'
import { AppError } from '../../errors.ts'
import { unknownName } from '../../filters/index.ts'
import { isForAgent, type Mapping } from '../../mapping/index.ts'

/**
 * The mappings whose link a person means: the one named, else all that lead to the one object of one connection that the
 * conversation, and the record's id, leave. Pure. Throws `mapping.not_found` (404) and `match.invalid` (400).
 */
export function chooseMappings(
  active: readonly Mapping[],
  conversation: Conversation,
  wanted: { mapping?: string | undefined; record: string | null },
): Mapping[] {
  const names = active.map((each) => each.name)
  if (wanted.mapping !== undefined && !names.includes(wanted.mapping))
    throw new AppError('mapping.not_found', 'skip', unknownName('mapping', wanted.mapping, names), { status: 404 })
  const named = active.filter((each) => wanted.mapping === undefined || each.name === wanted.mapping)
  const ours = named.filter((each) => isForAgent(each, conversation.agentId))
  if (ours.length === 0) throw invalid(`no active mapping is for conversations of agent ${conversation.agentId}`)
  const fitting = wanted.record === null ? ours : ours.filter((each) => fits(each, wanted.record ?? ''))
  const [first] = fitting.length > 0 ? fitting : ours
  const targets = new Set((fitting.length > 0 ? fitting : ours).map(targetOf))
  if (targets.size > 1) {
    const list = [...Map.groupBy(ours, targetOf)].map(
      ([target, those]) => `${those.map((each) => each.name).join(', ')} (${target})`,
    )
    throw invalid(
      `conversation ${conversation.id} has links to several places; say which with --mapping: ${list.join('; ')}`,
    )
  }
  if (first && fitting.length === 0) throw invalid(mistakeOf(first, wanted.record ?? ''))
  return fitting
}

function fits({ crm, object }: Mapping, record: string): boolean {
  const id = recordIdOf(crm, record)
  return 'id' in id && objectOf(crm, [object], { object: null, recordId: id.id }) !== null
}

function mistakeOf({ crm, object, name }: Mapping, record: string): string {
  const id = recordIdOf(crm, record)
  return 'problem' in id
    ? `record ${record} ${id.problem}`
    : `record ${record} is no ${object}, which mapping ${name} writes to`
}

function targetOf({ connection, object }: Mapping): string {
  return `${object} of ${connection}`
}

/** What a person asked for cannot be done so, and what would be right. */
export function invalid(problem: string): AppError {
  return new AppError('match.invalid', 'skip', problem, { status: 400, facts: { problems: [problem] } })
}

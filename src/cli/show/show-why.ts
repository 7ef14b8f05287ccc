import type { Explanation } from '../../sync/index.ts'
import { showEvent } from './show-event.ts'
import { plain } from './table.ts'
import { count } from './words.ts'
import { block, command } from './wrap.ts'

type Explained = Explanation['records'][number]

/** Why a field holds what it holds, for people: the value first, then everything that led to it, in order of time. */
export function showWhy(explanation: Explanation): string {
  const { contactId, field, records, unlinked } = explanation
  const parts = records.map((record) => showRecord(record).join('\n'))
  if (records.length === 0) parts.push(`${contactId} has no CRM record with a field ${field}.`)
  if (unlinked.total > 0) parts.push(showUnlinked(unlinked).join('\n'))
  return parts.join('\n\n')
}

function showRecord(record: Explained): string[] {
  const { connection, object, externalId, field, value, seen, sent, neverAsked, stayOut, earlier, notes } = record
  return [
    ...block(`${connection} · ${object} ${externalId} · ${field} = ${quoted(value)}`, ''),
    ...block(`in the CRM  ${quoted(seen)} when last read; we last sent ${quoted(sent)}`),
    ...showLive(record.live),
    ...showMerged(record.merged),
    ...showRule('rule', record.rule),
    ...showRule('active now', record.ruleNow),
    ...notes.flatMap((note) => block(`note        ${note}`)),
    '',
    ...(earlier > 0 ? [`  … ${count(earlier, 'older event')} not shown: --limit shows more`] : []),
    ...record.timeline.flatMap((event) => showEvent(event, record.rule?.hash)),
    ...record.writes.flatMap(showWrite),
    ...(stayOut > 0
      ? block(`${count(stayOut, 'earlier conversation')} stay out: no run has asked them for this field.`)
      : []),
    ...(neverAsked
      ? [
          ...block(`${count(neverAsked.conversations, 'conversation')} never asked for this field. To ask:`),
          ...command(neverAsked.command),
        ]
      : []),
  ]
}

function showLive(live: Explained['live']): string[] {
  if (live === undefined) return []
  if ('failed' in live) return block(`live        cannot be read: ${live.failed.message} (${live.failed.code})`)
  const differs = live.differs ? 'another value than we last saw' : 'as we last saw it'
  return block(`live        ${quoted(live.value)}, ${differs}`)
}

function showMerged(merged: Explained['merged']): string[] {
  if (merged === undefined) return []
  const { text, isFallback, conversations } = merged
  const made =
    text === null ? 'not made yet' : isFallback ? 'the texts one below the other: the model gave none' : 'by a model'
  const from = conversations.map(plain).join(', ')
  return block(`merged      ${made}, of what ${from} said since the field was last set`)
}

function showRule(name: string, rule: Explained['rule']): string[] {
  if (rule === null) return []
  const { path, line, mapping, mode, text, hash, owner, description } = rule
  return [
    ...block(`${name.padEnd(11)} ${path}:${line}, mapping ${mapping}, ${mode}, version ${hash.slice(0, 12)}`),
    ...(text === '' ? [] : block(plain(text), ' '.repeat(14))),
    ...(description === undefined ? [] : block(`for         ${plain(description)}`)),
    ...(owner === undefined ? [] : block(`owner       ${plain(owner)}`)),
  ]
}

function showWrite({ at, before, after, outcome, by, run }: Explained['writes'][number]): string[] {
  const cause =
    by === null ? (run === null ? '' : ` · run ${run}`) : ` · run ${by.id}, ${by.kind} of ${by.actor}: ${by.reason}`
  return block(`wrote ${at}  ${quoted(before)} → ${quoted(after)}, ${outcome}${plain(cause)}`)
}

function showUnlinked({ conversations, total, command: how }: Explanation['unlinked']): string[] {
  const lines = conversations.flatMap(({ conversationId, mapping, connection, decision, step }) => {
    const found = step === null ? '' : `, by ${step}`
    return block(`${plain(conversationId)}  ${decision}${found}  (${connection}, mapping ${mapping})`)
  })
  const rest = total - conversations.length
  return [
    `${count(total, 'conversation')} without a record:`,
    ...lines,
    ...(rest > 0 ? [`  … ${rest} more`] : []),
    ...(how === null ? [] : ['  To see whose they may be:', ...command(how)]),
  ]
}

/** Values as JSON has them, so that an empty text and no value can be told apart. */
function quoted(value: unknown): string {
  return plain(JSON.stringify(value))
}

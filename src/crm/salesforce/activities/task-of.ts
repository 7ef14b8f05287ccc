import type { ActivityRow } from '../../activities/contract.ts'
import { type BodyForm, bodyOf, titleOf } from '../../activities/text.ts'
import { dayIn } from '../../values/days.ts'
import { encode, toJson } from '../mapper.ts'
import { KEY_FIELD, type TaskFields } from './task-fields.ts'

export type Task = Record<string, string | number | boolean | null>

/** By what a task of ours is found where the org has no key field: a plain text that telephony leaves to us. */
export const MARK_FIELD = 'CallObject'

export function markOf(key: string): string {
  return `afterword:${key}`
}

/**
 * A conversation as a task, of the fields that this org lets our user write, each in its type and cut to its length. The body is
 * plain text, whose line ends count two characters each.
 */
export function taskOf({ draft, recordId }: ActivityRow, task: TaskFields, timeZone: string, isNew: boolean): Task {
  const isCall = draft.kind === 'call'
  const wanted: Record<string, string | number | null> = {
    WhoId: recordId,
    Subject: titleOf(draft),
    Status: task.closedStatus,
    ActivityDate: dayIn(timeZone, draft.startedAt.toISOString()),
    Description: bodyOf(draft, formOf(task)),
    CallDisposition: draft.disconnectionReason,
    [MARK_FIELD]: markOf(draft.key),
    ...(isCall && {
      CallDurationInSeconds: draft.durationMs === null ? null : Math.round(draft.durationMs / 1000),
      CallType: draft.direction === null ? null : { inbound: 'Inbound', outbound: 'Outbound' }[draft.direction],
      TaskSubtype: 'Call',
    }),
    ...(task.hasKey && { [KEY_FIELD]: draft.key }),
  }
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, value]): [string, Task[string]][] => {
      const field = task.fields.get(name)
      const isWritable = isNew ? task.createable.has(name) : field?.writable
      if (!field || !isWritable || (isNew && value === null)) return []
      const encoded = encode({ ...field, writable: true }, value, timeZone)
      const json = 'refused' in encoded ? undefined : toJson(field, encoded.wire)
      return json === undefined ? [] : [[name, json]]
    }),
  )
}

function formOf({ fields }: TaskFields): BodyForm {
  const lines = (text: string) => `${text.replaceAll('\n', '\r\n')}\r\n\r\n`
  return { longest: fields.get('Description')?.maxLength ?? 32_000, paragraph: lines, link: lines }
}

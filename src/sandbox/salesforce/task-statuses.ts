import { picklistValues } from './fields.ts'
import type { Org } from './org.ts'
import { fieldOf, objectOf } from './records.ts'

export type TaskStatusDraft = { value: string; isClosed: boolean }

/** What the admin of the org calls the states of a task, in order; the first is the default. They take no other (crm.md 4.8). */
export function defineTaskStatuses(org: Org, statuses: readonly TaskStatusDraft[]): void {
  const task = objectOf(org, 'Task')
  const field = task && fieldOf(task, 'Status')
  if (!task || !field) throw new Error('every org has tasks')
  const values = statuses.map(({ value }) => value)
  const changed = { ...field, restrictedPicklist: true, picklistValues: picklistValues(values, values[0]) }
  task.fields.set('status', changed)
  org.closedStatuses = new Set(statuses.flatMap(({ value, isClosed }) => (isClosed ? [value] : [])))
}

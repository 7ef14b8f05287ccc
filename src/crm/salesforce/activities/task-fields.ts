import type { CrmField } from '../../contract.ts'
import type { SalesforceClient } from '../client.ts'
import { SalesforceError } from '../errors.ts'
import { toField } from '../mapper.ts'

export const OBJECT = 'Task'

/** The custom field of activities that tells ours apart: an external id. */
export const KEY_FIELD = 'Afterword_Conversation_Id__c'

export type TaskFields = {
  fields: Map<string, CrmField>
  /** Fields that a new task takes; of one that is there, `fields` tells. */
  createable: ReadonlySet<string>
  hasKey: boolean
  /** What this org calls a task that is done; null: it does not tell. */
  closedStatus: string | null
}

/** What tasks are made of in this org, as our user sees them. Throws `SalesforceError`. */
export async function readTaskFields(client: SalesforceClient): Promise<TaskFields> {
  const described = (await client.describe(OBJECT)).fields
  const key = described.find(({ name }) => name === KEY_FIELD)
  return {
    fields: new Map(described.map((field) => [field.name, toField(field, null)])),
    createable: new Set(described.flatMap(({ name, createable }) => (createable ? [name] : []))),
    hasKey: (key?.externalId && key.createable) ?? false,
    closedStatus: await closedStatusOf(client, described.find(({ name }) => name === 'Status')?.picklistValues ?? []),
  }
}

/** Describe tells the values, and only this object which of them are closed. Not every user may read it. */
async function closedStatusOf(
  client: SalesforceClient,
  values: readonly { active: boolean; value: string }[],
): Promise<string | null> {
  const known = values.flatMap(({ active, value }) => (active ? [value] : []))
  try {
    const soql = 'SELECT ApiName, SortOrder FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder ASC'
    const closed = (await client.queryAll(soql))
      .flatMap(({ ApiName }) => ApiName ?? [])
      .filter((name) => known.includes(name))
    return closed.includes('Completed') ? 'Completed' : (closed[0] ?? null)
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.kind !== 'refused') throw error
    return known.includes('Completed') ? 'Completed' : null
  }
}

import { parse } from 'yaml'
import { activityKey } from '../../src/crm/index.ts'
import { mappingFor, type Rule } from './mappings.ts'
import type { World } from './world.ts'

/** An activity as the first CRM holds it, in words of both; `contacts` are those it hangs on. */
export type Logged = {
  id: string
  kind: string
  contacts: string[]
  title: string
  /** As it is stored: HTML in HubSpot, plain text in Salesforce. */
  body: string
  direction: string
  seconds: number
  status: string
  values: Record<string, unknown>
}

export const keyField = { hubspot: 'afterword_conversation_id', salesforce: 'Afterword_Conversation_Id__c' }

/** Gives the first account the field that our activities are told apart by. */
export function defineKey({ account, hubspot, salesforce }: World): void {
  if (account.kind === 'salesforce') {
    salesforce.defineFields('Task', [{ name: keyField.salesforce, kind: 'text', externalId: true, unique: true }])
    return
  }
  const draft = { name: keyField.hubspot, type: 'string', fieldType: 'text', hasUniqueValue: true }
  hubspot.defineActivityProperties('calls', [draft])
  hubspot.defineActivityProperties('communications', [draft])
}

/** A mapping of these rules that logs conversations; both kinds unless told. */
export async function useActivities(
  world: World,
  rules: Rule[] = [],
  settings: { activity?: { calls?: boolean; chats?: boolean }; write?: boolean } = {},
): Promise<void> {
  const { activity = { calls: true, chats: true }, write = true } = settings
  const file = parse(mappingFor(world.account, rules))
  await world.useMapping(JSON.stringify({ ...file, activity, write }))
}

/** What lives; of the recycle bin nothing. */
export function logged({ account, hubspot, salesforce }: World): Logged[] {
  if (account.kind === 'salesforce') {
    const tasks = (salesforce.state().records.Task ?? []).filter((task) => !task.isDeleted)
    return tasks.map(({ id, values }) => ({
      id,
      kind: values.TaskSubtype === 'Call' ? 'call' : 'chat',
      contacts: [values.WhoId].flatMap((who) => (typeof who === 'string' ? [who] : [])),
      title: String(values.Subject ?? ''),
      body: String(values.Description ?? ''),
      direction: String(values.CallType ?? ''),
      seconds: Number(values.CallDurationInSeconds ?? 0),
      status: String(values.Status ?? ''),
      values,
    }))
  }
  const living = hubspot.activities().filter(({ archived }) => !archived)
  return living.map(({ id, object, contacts, properties: values }) => ({
    id,
    kind: object === 'calls' ? 'call' : 'chat',
    contacts,
    title: values.hs_call_title ?? '',
    body: values.hs_call_body ?? values.hs_communication_body ?? '',
    direction: values.hs_call_direction ?? '',
    seconds: Number(values.hs_call_duration ?? 0) / 1000,
    status: values.hs_call_status ?? '',
    values,
  }))
}

/** The activities of one conversation, which its text names: one, or there is something wrong. */
export function loggedOf(world: World, conversationId: string): Logged[] {
  const mark = `Afterword conversation ${activityKey(conversationId)}`
  return logged(world).filter(({ body }) =>
    body
      .replaceAll(/<[^>]*>/g, '\n')
      .split(/\s*\n\s*/)
      .includes(mark),
  )
}

/** Calls that wrote or looked for activities since the sandbox started. */
export function activityCalls({ account, hubspot, salesforce }: World): number {
  const told = account.kind === 'hubspot' ? hubspot.requests().operations : salesforce.requests().operations
  const ours = /^(calls|communications|associations)\.|^collections\.(create|upsert|delete)$/
  return Object.entries(told).reduce((sum, [name, count]) => sum + (ours.test(name) ? (count?.calls ?? 0) : 0), 0)
}

/** The next creations of activities go wrong. */
export function failCreation(
  { account, hubspot, salesforce }: World,
  kind: 'status' | 'after_commit' | 'cut',
  { hasKey, status, times = 1 }: { hasKey: boolean; status?: number; times?: number },
): void {
  const fault = { kind, times, ...(status !== undefined && { status }) }
  if (account.kind === 'hubspot') hubspot.addFault({ operation: 'calls.batch_create', ...fault })
  else salesforce.addFault({ operation: hasKey ? 'collections.upsert' : 'collections.create', ...fault })
}

import { type Scripted, type Sent, startServer } from '../scripted-server.ts'

export type Asked = Sent & {
  call: 'token' | 'describe' | 'query' | 'retrieve' | 'update' | 'other'
  soql: string
  /** The rows of an update, the ids of a retrieve. */
  rows: Record<string, unknown>[]
  ids: string[]
}

export const ourId = '005Sb0000000001IAA'

/** Ids as an org makes them: `003Sb0000000001` and its checksum. */
export function contactId(serial: number): string {
  // S, the fourth of the first five letters, is the only capital: their checksum is I.
  return `003Sb${String(serial).padStart(10, '0')}IAA`
}

/** A describe shaped after a recording (amp-labs, crm.md 4.4), with no more of a field than we read. */
function described(name: string, changes: Record<string, unknown> = {}) {
  return { name, label: name, type: 'string', length: 255, updateable: true, nillable: true, ...changes }
}

const fields = [described('Note__c'), described('Mood__c'), described('Met_On__c', { type: 'date', length: 0 })]

/**
 * A Salesforce that answers what the test says, for what the sandbox never does; what it leaves open (`undefined`) is answered
 * as an org with three fields would. `asked` is everything it was sent.
 */
export async function startScriptedOrg(answer: (asked: Asked, sameCall: number) => Scripted | undefined) {
  const asked: Asked[] = []
  const server: { url: string } = await startServer((sent) => {
    const body = sent.text.startsWith('{') ? JSON.parse(sent.text) : {}
    const soql = new URLSearchParams(sent.path.split('?')[1]).get('q') ?? ''
    const ask: Asked = { ...sent, call: callOf(sent), soql, rows: body.records ?? [], ids: body.ids ?? [] }
    asked.push(ask)
    const sameCall = asked.filter(({ call }) => call === ask.call).length
    return answer(ask, sameCall) ?? usual(ask, server.url)
  })
  return { ...server, asked, count: (call: Asked['call']) => asked.filter((ask) => ask.call === call).length }
}

export type ScriptedOrg = Awaited<ReturnType<typeof startScriptedOrg>>

/** All rows of an update, saved. */
export function savedAll({ rows }: Asked): Scripted {
  return { body: rows.map(({ id }) => ({ id, success: true, errors: [] })) }
}

/** The body of a refused request, from docs: "400 if malformed (array `[{"message","errorCode"}]`)". */
export function refused(status: number, errorCode: string, message = 'refused'): Scripted {
  return { status, body: [{ message, errorCode }] }
}

function callOf({ method, path }: Sent): Asked['call'] {
  if (path.includes('/oauth2/token')) return 'token'
  if (path.includes('/describe')) return 'describe'
  if (/\/query(All)?[/?]/.test(path)) return 'query'
  if (path.includes('/composite/sobjects')) return method === 'PATCH' ? 'update' : 'retrieve'
  return 'other'
}

function usual(ask: Asked, url: string): Scripted {
  switch (ask.call) {
    case 'token':
      return { body: { access_token: 'token', instance_url: url, id: `${url}/id/00DSb0000000001MAA/${ourId}` } }
    case 'describe':
      return { body: { fields } }
    case 'update':
      return savedAll(ask)
    case 'retrieve':
      return { body: ask.ids.map((Id) => record(Id)) }
    case 'query':
    case 'other':
      return { body: { done: true, totalSize: 0, records: [] } }
  }
}

/** A record as retrieve answers it (from docs), last changed by somebody else. */
export function record(Id: string, values: Record<string, unknown> = {}) {
  return {
    attributes: { type: 'Contact' },
    Id,
    LastModifiedById: '005Sb0000000002IAA',
    LastModifiedDate: '2026-11-20T09:00:00.000+0000',
    ...values,
  }
}

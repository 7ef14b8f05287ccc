import { type Scripted, startServer } from '../scripted-server.ts'

export type Asked = { path: string; ids: string[]; properties: Record<string, string>[]; token: string | undefined }

/** A HubSpot that answers what the test says, for what the sandbox never does. `asked` is everything it was sent. */
export async function startScripted(answer: (asked: Asked, call: number) => Scripted) {
  const asked: Asked[] = []
  const { url } = await startServer(({ path, headers, text }) => {
    const body = JSON.parse(text || '{}')
    const inputs: { id: string; properties: Record<string, string> }[] = body.inputs ?? []
    const ask = {
      path,
      ids: inputs.map(({ id }) => id),
      properties: inputs.map(({ properties }) => properties),
      token: headers.authorization,
    }
    asked.push(ask)
    return answer(ask, asked.length)
  })
  return { url, asked }
}

/** A record as the object endpoints answer it, with no more than has to be there. */
export function wireRecord(id: string, properties: Record<string, string | null> = {}) {
  return { id, properties, createdAt: '2026-11-20T09:00:00Z', updatedAt: '2026-11-20T09:00:00Z' }
}

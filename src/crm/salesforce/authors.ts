import { chunked } from '../chunked.ts'
import type { HistoryEntry } from '../contract.ts'
import type { SalesforceClient } from './client.ts'
import { idsIn, MOST_IDS } from './soql.ts'

export type AuthorOf = (userId: string) => Pick<HistoryEntry, 'author' | 'source'>

/** Learns about users what is not known yet; `count` is called for each call that takes. */
export type AuthorsOf = (userIds: string[], count: () => void) => Promise<AuthorOf>

/** Users that are no person; the other types (`Standard`, partners, portals) are. */
const MACHINES = ['AutomatedProcess', 'CloudIntegrationUser']

/**
 * Tells who users are: us, a person, a machine. An import by an admin's tool bears the admin's name, so it reads as a person's.
 * Each user is asked for once; one that the org does not know reads as `unknown`.
 */
export function createAuthors(client: SalesforceClient, us: () => Promise<string>): AuthorsOf {
  const typeOf = new Map<string, string>()
  return async (userIds, count) => {
    const ownId = await us()
    const open = userIds.filter((id) => id !== ownId && !typeOf.has(id))
    for (const ids of chunked(open, MOST_IDS)) {
      const soql = `SELECT Id, UserType FROM User WHERE Id IN ${idsIn(ids)}`
      for (const { Id, UserType } of await client.queryAll(soql, { count })) if (Id) typeOf.set(Id, UserType ?? '')
    }
    return (userId) => {
      const type = typeOf.get(userId)
      const source = `${type ?? 'User'} ${userId}`
      if (userId === ownId) return { author: 'us', source: `us ${userId}` }
      if (type === undefined) return { author: 'unknown', source }
      return { author: MACHINES.includes(type) ? 'automation' : 'person', source }
    }
  }
}

import { createCollection, deleteCollection, updateCollection, upsertCollection } from './collections.ts'
import { describeObject, listObjects } from './describe.ts'
import { limits } from './limits.ts'
import { locksOfBody, locksOfIds, locksOfOne } from './locks.ts'
import { identity, requestToken } from './oauth.ts'
import { listVersions, type Operation } from './operation.ts'
import { query, queryAll, queryMore } from './query-resource.ts'
import { getRecord, retrieveByGet, retrieveByPost } from './retrieve.ts'
import { search } from './search-resource.ts'
import { createRecord, deleteRecord, updateRecord, upsertRecord } from './single-records.ts'

const OAUTH = '/services/oauth2'
const DATA = '/services/data/:version'
const MANY = `${DATA}/composite/sobjects`
const ONE = `${DATA}/sobjects/:type`

const get = { method: 'GET', access: 'rest' } as const
const post = { method: 'POST', access: 'rest' } as const
const patch = { method: 'PATCH', access: 'rest' } as const
const remove = { method: 'DELETE', access: 'rest' } as const
const open = { access: 'open' } as const
const who = { method: 'GET', access: 'identity', answer: identity } as const

/** The part of Salesforce that the sandbox is. */
export const OPERATIONS: readonly Operation[] = [
  { name: 'oauth.token', method: 'POST', ...open, path: `${OAUTH}/token`, answer: requestToken },
  { name: 'oauth.identity', ...who, path: `${OAUTH}/userinfo` },
  { name: 'oauth.identity', ...who, path: '/id/:org/:user' },
  { name: 'versions', method: 'GET', ...open, path: '/services/data', answer: listVersions },
  { name: 'limits', ...get, path: `${DATA}/limits`, answer: limits },
  { name: 'sobjects.list', ...get, path: `${DATA}/sobjects`, answer: listObjects },
  { name: 'query', ...get, path: `${DATA}/query`, answer: query },
  { name: 'query_all', ...get, path: `${DATA}/queryAll`, answer: queryAll },
  { name: 'search', ...get, path: `${DATA}/search`, answer: search },
  { name: 'query_more', ...get, path: `${DATA}/query/:locator`, answer: queryMore },
  { name: 'collections.retrieve', ...post, path: `${MANY}/:type`, answer: retrieveByPost },
  { name: 'collections.retrieve', ...get, path: `${MANY}/:type`, answer: retrieveByGet },
  { name: 'collections.create', ...post, path: MANY, locks: locksOfBody, answer: createCollection },
  { name: 'collections.update', ...patch, path: MANY, locks: locksOfBody, answer: updateCollection },
  { name: 'collections.upsert', ...patch, path: `${MANY}/:type/:field`, locks: locksOfBody, answer: upsertCollection },
  { name: 'collections.delete', ...remove, path: MANY, locks: locksOfIds, answer: deleteCollection },
  { name: 'describe', ...get, path: `${ONE}/describe`, answer: describeObject },
  { name: 'record.create', ...post, path: ONE, locks: locksOfOne, answer: createRecord },
  { name: 'record.get', ...get, path: `${ONE}/:id`, answer: getRecord },
  { name: 'record.update', ...patch, path: `${ONE}/:id`, locks: locksOfOne, answer: updateRecord },
  { name: 'record.upsert', ...patch, path: `${ONE}/:field/:value`, locks: locksOfOne, answer: upsertRecord },
  { name: 'record.delete', ...remove, path: `${ONE}/:id`, locks: locksOfOne, answer: deleteRecord },
]

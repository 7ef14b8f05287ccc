import type { HttpRequest } from '../http.ts'
import type { Answer } from '../request-log.ts'
import { idOf } from './ids.ts'
import type { Org } from './org.ts'
import { Refusal } from './refusals.ts'
import { renderRow } from './soql/columns.ts'
import { type Query, runQuery } from './soql/query.ts'

const PAGE = { least: 200, most: 2_000 }
/** A user's older cursors are closed when this many are open. */
const MOST_CURSORS = 10

/** Tells of living records only. */
export function query(org: Org, request: HttpRequest): Answer {
  return firstPage(org, request, false)
}

/** Tells of deleted and merged records too. */
export function queryAll(org: Org, request: HttpRequest): Answer {
  return firstPage(org, request, true)
}

/** The page behind a locator such as `01gSb0000000001AAA-2000`. */
export function queryMore(org: Org, request: HttpRequest): Answer {
  const [id = '', start = ''] = (request.params.locator ?? '').split('-')
  const cursor = org.cursors.get(id)
  if (!cursor || !/^\d+$/.test(start)) throw new Refusal(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
  return page(org, request, cursor, Number(start), id)
}

function firstPage(org: Org, request: HttpRequest, all: boolean): Answer {
  const text = request.query.get('q')
  if (!text) throw new Refusal(400, 'MALFORMED_QUERY', 'unexpected token: <EOF>')
  const found = runQuery(org, text, { all })
  if (found.columns.length > 0) return page(org, request, found, 0)
  return { status: 200, body: { totalSize: found.rows.length, done: true, records: [] }, ...countOf(found, 0) }
}

function page(org: Org, request: HttpRequest, found: Query, start: number, cursor?: string): Answer {
  const version = request.params.version ?? ''
  const end = start + pageSize(request)
  const rows = found.rows.slice(start, end)
  const done = end >= found.rows.length
  const body = {
    totalSize: found.rows.length,
    done,
    ...(!done && { nextRecordsUrl: `/services/data/${version}/query/${cursor ?? openCursor(org, found)}-${end}` }),
    records: rows.map((row) => renderRow(org, version, row, found.columns)),
  }
  return { status: 200, body, ...countOf(found, rows.length) }
}

function countOf({ object }: Query, rows: number) {
  return { rows, ...(object.name.endsWith('History') && { historyRows: rows }) }
}

function pageSize({ headers }: HttpRequest): number {
  const asked = /batchSize=(\d+)/.exec(String(headers['sforce-query-options'] ?? ''))?.[1]
  return asked === undefined ? PAGE.most : Math.min(PAGE.most, Math.max(PAGE.least, Number(asked)))
}

function openCursor(org: Org, found: Query): string {
  org.serial += 1
  const id = idOf('01g', org.serial)
  org.cursors.set(id, found)
  const oldest = org.cursors.keys().next()
  if (org.cursors.size > MOST_CURSORS && !oldest.done) org.cursors.delete(oldest.value)
  return id
}

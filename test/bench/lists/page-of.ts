import { CompiledQuery } from 'kysely'
import { pageQuery } from '../../../src/conversations/list-store.ts'
import type { Db } from '../../../src/db/index.ts'
import { parseFilter } from '../../../src/filters/index.ts'
import { rangeOf } from './asked.ts'

type Statement = Pick<CompiledQuery, 'sql' | 'parameters'>

type Page = { limit: number; skip?: number; after?: { startedAt: Date; id: string } }

/** The one statement behind a page of calls of a month that pass a filter, as it is sent. */
export function statementOf(db: Db, calls: number, criteria: object, { limit, skip = 0, after }: Page): Statement {
  const parsed = parseFilter({ ...criteria, start_timestamp: { bt: rangeOf(calls) } }, { kind: 'call' })
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  // One more than is shown tells whether there are more.
  const page = { limit: limit + 1, skip, order: 'descending', after: after ?? null } as const
  return pageQuery(parsed.filter, page).compile(db)
}

export type Plan = { nodes: string[]; buffers: number }

/** How PostgreSQL goes about a statement of a list, and how many blocks it looks at. */
export async function explain(db: Db, { sql, parameters }: Statement): Promise<Plan> {
  const explained = `explain (analyze, buffers, timing off, format json) ${sql}`
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: Node }] }>(
    CompiledQuery.raw(explained, [...parameters]),
  )
  const root = rows[0]?.['QUERY PLAN'][0].Plan
  if (root === undefined) throw new Error('a statement has a plan')
  return { nodes: nodesOf(root), buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'] }
}

type Node = {
  'Node Type': string
  'Index Name'?: string
  'Relation Name'?: string
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Node[]
}

function nodesOf(node: Node): string[] {
  const name = [node['Node Type'], node['Index Name'] ?? node['Relation Name']]
    .filter((part) => part !== undefined)
    .join(' on ')
  return [name, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** The most blocks that a page may look at, of a filter that one in a hundred of its range passes or more. */
export function mostBuffers(limit: number): number {
  return 50 + 10 * limit
}

import type { Db } from '../../db/index.ts'
import { type Label, readLabel } from './label.ts'
import { selectCorrected } from './store.ts'

/** What an evaluation holds a config against: the lines of a labels file, from the first each time, or what people corrected. */
export type LabelSource = (() => AsyncIterable<string> | Iterable<string>) | 'corrections'

const pageSize = 64

/** The labels, a page at a time, up to so many of them. Throws `labels.line`. */
export async function* labelPages(
  db: Db,
  { labels, agentId, limit = Number.POSITIVE_INFINITY }: { labels: LabelSource; agentId?: string; limit?: number },
): AsyncGenerator<Label[]> {
  let left = limit
  const pages = labels === 'corrections' ? correctedPages(db, agentId) : linePages(labels())
  for await (const page of pages) {
    const some = page.slice(0, left)
    left -= some.length
    if (some.length > 0) yield some
    if (left <= 0) return
  }
}

async function* correctedPages(db: Db, agentId: string | undefined): AsyncGenerator<Label[]> {
  for (let after = ''; ; ) {
    const page = await selectCorrected(db, { after, most: pageSize, ...(agentId !== undefined && { agentId }) })
    const last = page.at(-1)
    if (!last) return
    after = last.conversationId
    yield page
  }
}

async function* linePages(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Label[]> {
  let page: Label[] = []
  let number = 0
  for await (const line of lines) {
    number += 1
    if (line.trim() === '') continue
    page.push(readLabel(line, number))
    if (page.length < pageSize) continue
    yield page
    page = []
  }
  yield page
}

import { type Folded, type FoldRule, fold, type TimelineEvent } from '../../src/mapping/index.ts'

/** Makes one text of several. */
export type Writer = (inputs: string[]) => string

/** A text in which what it was made of can be read. */
export const legibly: Writer = (inputs) => JSON.stringify(inputs)

/** The fold with a writer at hand for every text that it needs; `made` gets what was written, in that order. */
export function foldMerging(
  events: readonly TimelineEvent[],
  rule: FoldRule,
  write: Writer = legibly,
  made: string[][] = [],
): Folded {
  const texts = new Map<string, string>()
  for (;;) {
    const folded = fold(events, rule, (hash) => texts.get(hash))
    if (!folded.needs) return folded
    if (texts.has(folded.needs.hash)) throw new Error('a text that is known was asked for')
    made.push(folded.needs.inputs)
    texts.set(folded.needs.hash, write(folded.needs.inputs))
  }
}

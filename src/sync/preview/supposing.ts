import type { Analysis } from '../../analysis/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { logsConversation } from '../logs-conversation.ts'
import type { Vals } from '../says.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import type { StoredContribution } from '../timeline/store.ts'

/** What an analysis would say to a mapping, and to which record. */
export type Candidate = {
  mapping: Mapping
  vals: Vals
  recordId: number
  conversation: Conversation
  analysis: Analysis
}

/** The run that keeps a preview will be newer than all there are. */
const newestRun = Number.MAX_SAFE_INTEGER

/**
 * What is known of a record as it would be if these candidates were released, all by one run that nobody has made yet and that
 * decides with these mappings. Pure.
 */
export function supposing(
  candidates: readonly Candidate[],
  mappings: readonly Mapping[],
): (facts: RecordFacts) => RecordFacts {
  // A rule that shares a field with one of theirs may never have been released, and so not be among the facts.
  const rules = new Map(mappings.flatMap((mapping) => mapping.rules.map((rule) => [rule.hash, rule])))
  return (facts) => {
    const own = candidates.filter((each) => each.recordId === facts.recordId)
    const pending = own.map(
      ({ mapping, vals, conversation, analysis }, place): StoredContribution => ({
        id: -1 - place,
        conversationId: conversation.id,
        mapping: mapping.name,
        analysisId: analysis.id,
        runId: newestRun,
        vals,
        state: 'pending',
        logs: logsConversation(mapping, conversation),
      }),
    )
    const [first] = own
    const answers = first
      ? [
          {
            conversationId: first.conversation.id,
            analysisId: first.analysis.id,
            runId: newestRun,
            fields: first.analysis.fields,
          },
        ]
      : []
    return {
      ...facts,
      answers: [...facts.answers, ...answers],
      releases: [...facts.releases, ...pending],
      pending,
      ruleByHash: (hash) => rules.get(hash) ?? facts.ruleByHash(hash),
    }
  }
}

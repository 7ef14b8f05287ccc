import type { Evaluation, ItemScore, PlannedCalls, Score } from '../../analysis/index.ts'
import { percent } from './percent.ts'
import { showConfig } from './show-config.ts'
import { table } from './table.ts'
import { count, tally, usd } from './words.ts'

/** What is about to be asked, before it is. */
export function showCalls({ calls, atMostUsd, stored, skipped }: PlannedCalls): string {
  const cost = atMostUsd === null ? 'at a price that is not known' : `at the most ${usd(atMostUsd)}`
  const asked = calls === 0 ? 'no model call' : `${count(calls, 'model call')}, ${cost}`
  return `${asked}; ${stored} answered by what is stored, ${skipped} with nothing to analyse`
}

/** What was compared with what, and how every item came out. */
export function showEvaluation(evaluation: Evaluation): string {
  const { at, against, configs, models, claim, conversations, items, all, per1000 } = evaluation
  const { notAsked, ...counts } = conversations
  const { limit, without, withoutTools } = evaluation
  const leftOut = [
    withoutTools && ', without tool calls',
    without.length > 0 && `, without ${without.join(', ')}`,
    limit !== null && `, only the first ${limit} labels`,
  ].filter((words) => words !== false)
  const lines = [
    `${evaluation.live ? 'live ' : ''}evaluation of ${at.toISOString()} against ${against}, engine ${evaluation.engine}, answered by ${models.join(', ') || 'no model'}${leftOut.join('')}`,
    ...configs.map(({ agentId, version, isDraft, hash, parts, model }) => {
      const single =
        version === null ? `${agentId}, given` : `${agentId} version ${version}${isDraft ? ' (draft)' : ''}`
      const asked = parts ? showConfig({ agentId, version, isDraft, hash, parts }) : single
      return `  ${asked}, config ${hash.slice(0, 12)}, asks ${model}`
    }),
    `conversations: ${tally({ ...counts, 'not stored': counts.notStored, notStored: 0 })}`,
  ]
  if (items.length > 0) {
    const head = [
      'item',
      'labels',
      'agree',
      'precision',
      'recall',
      'null',
      'right',
      'wrong',
      'missing',
      'empty',
      'invented',
    ]
    const rows = items.map(({ item, ...score }) => rowOf(item, score))
    lines.push('', table(head, [...rows, rowOf('all', all)]), '')
  }
  if (Object.keys(notAsked).length > 0) lines.push(`labelled, but not asked by the config: ${tally(notAsked)}`)
  if (per1000) {
    const cost = per1000.costUsd === null ? 'a cost that is not known' : usd(per1000.costUsd)
    const { seconds } = per1000
    lines.push(
      `per 1,000 conversations: ${cost}, ${Math.round(seconds / 60)} min of model time one after another (${(seconds / 1_000).toFixed(2)} s each)`,
    )
  }
  if (claim !== null) lines.push(claim)
  return lines.join('\n')
}

/** Whether the gate is passed, and what is below it. */
export function showGate(gate: number, below: readonly ItemScore[], isEmpty: boolean): string {
  if (isEmpty) return `gate ${gate}: not passed, nothing was compared`
  if (below.length === 0) return `gate ${gate}: passed`
  const named = below.map(({ item, agreement }) => `${item} ${percent(agreement)}`)
  return `gate ${gate}: not passed by ${named.join(', ')}`
}

function rowOf(item: string, score: Score): string[] {
  const shares = [score.agreement, score.precision, score.recall, score.nullAccuracy].map(percent)
  const counts = [score.right, score.wrong, score.missing, score.empty, score.invented].map(String)
  return [item, String(score.labels), ...shares, ...counts]
}

import type { AnalysisResult } from '../../analysis/index.ts'
import { table } from './table.ts'
import { usd } from './words.ts'

/** How an analysis ended, and what it found. */
export function showResult(result: AnalysisResult): string {
  const rows = Object.entries(result.fields ?? {}).map(([name, { value, status }]) => [
    name,
    status,
    JSON.stringify(value),
  ])
  return [showEnd(result), ...(rows.length > 0 ? [table(['field', 'status', 'value'], rows, 100)] : [])].join('\n')
}

/** The same without what it found. */
export function showEnd({ conversationId, outcome, reason, number, cached, costUsd }: AnalysisResult): string {
  const end = outcome === 'ok' ? `analysis ${number}` : [outcome, reason].filter(Boolean).join(', ')
  return `${conversationId}: ${end} (${cached ? 'from the cache, no model call' : usd(costUsd)})`
}

import type { KnownRerun } from '../../analysis/index.ts'
import { showEnd } from './show-result.ts'

/** One line each: how it ended, or that it has not. */
export function showReruns(reruns: readonly KnownRerun[]): string {
  return reruns.map(showRerun).join('\n')
}

function showRerun({ conversationId, state, result, error }: KnownRerun): string {
  if (error) return `${conversationId}: ${error.code}: ${error.message}`
  return result ? showEnd({ conversationId, ...result }) : `${conversationId}: ${state}`
}

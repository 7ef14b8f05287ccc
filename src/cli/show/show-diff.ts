import type { AnalysesDiff } from '../../analysis/index.ts'
import { said } from './said.ts'
import { showParts } from './show-config.ts'
import { table } from './table.ts'
import { count } from './words.ts'

/** Two analyses of one conversation: what made them, after transfers by whose word, and the items that differ. */
export function showDiff({ conversationId, from, to, items }: AnalysesDiff): string {
  const changed = items.filter(({ isChanged }) => isChanged)
  const lines = [`${conversationId}: analysis ${named(from)} → ${named(to)}`]
  for (const { number, parts } of [from, to])
    if (parts && parts.length > 1) lines.push(`analysis ${number} was asked with ${showParts(parts)}`)
  const rows = changed.map(({ item, before, after, change, isCorrected }) => {
    return [item, said(before), said(after), isCorrected ? `${change}; corrected by a person, which stands` : change]
  })
  if (rows.length > 0) lines.push(table(['item', `analysis ${from.number}`, `analysis ${to.number}`, ''], rows))
  lines.push(`${count(items.length - changed.length, 'item')} unchanged`)
  return lines.join('\n')
}

function named({ number, current, keptAt, agentVersion, parts, model, configHash }: AnalysesDiff['from']): string {
  const standing = current ? 'current' : keptAt === null ? 'a preview' : 'kept'
  const version = agentVersion === null ? (parts ? 'inline ' : '') : `version ${agentVersion}, `
  return `${number} (${standing}, ${version}config ${configHash.slice(0, 12)}, ${model})`
}

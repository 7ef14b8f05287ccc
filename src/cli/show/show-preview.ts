import type { Preview } from '../../sync/index.ts'
import { said } from './said.ts'
import { showCells } from './show-cells.ts'
import { showConfig } from './show-config.ts'
import { showEnd } from './show-result.ts'
import { table } from './table.ts'

/** What keeping a preview would change: the items that differ, every CRM field, and how to keep it. */
export function showPreview(preview: Preview): string {
  const { conversationId, number, outcome, items, cells, activities, failures, config } = preview
  const lines = [`preview of ${showEnd(preview)}`, `asked with ${showConfig(config)}`]
  if (outcome !== 'ok') return lines.join('\n')
  const rows = items
    .filter(({ isChanged }) => isChanged)
    .map(({ item, before, after, isCorrected }) => {
      return [item, said(before), said(after), isCorrected ? 'corrected by a person, which stands' : '']
    })
  lines.push(rows.length > 0 ? table(['item', 'now', 'preview', ''], rows) : 'every item says what it says now')
  if (cells.length > 0) {
    const shown = cells.map((cell) => ({
      ...cell,
      externalId: cell.externalId ?? (cell.isNew ? 'a new record' : 'no record'),
    }))
    lines.push(
      '',
      showCells(shown, (externalId) => externalId),
    )
  }
  for (const { connection, externalId, action } of activities)
    lines.push('', `${connection}: would ${action} the log of this conversation on record ${externalId}`)
  for (const [connection, { failed }] of Object.entries(failures)) lines.push('', `${connection}: ${failed.message}`)
  const keep =
    config.version === null
      ? 'to let it count, save this config as a draft first'
      : `to let it count: afterword keep ${conversationId} ${number}`
  lines.push('', `nothing is changed yet; ${keep}`)
  return lines.join('\n')
}

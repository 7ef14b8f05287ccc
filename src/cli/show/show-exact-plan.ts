import type { BackfillPlan } from '../../backfill/index.ts'
import { showCells } from './show-cells.ts'
import { showPlan } from './show-plan.ts'
import { count, tally } from './words.ts'

/** What a backfill that asks no model would do, exactly: totals, and the first records that it would change. */
export function showExactPlan({ backfill, plan, rows, creations }: BackfillPlan, most: number): string {
  const { totals, digest } = plan
  const { read, history } = totals.calls
  const lines = [
    showPlan(backfill),
    `  plan       ${count(totals.changes, 'change')} of ${count(totals.records, 'record')}; digest ${(digest ?? 'none: not complete').slice(0, 12)}, good until ${plan.expiresAt.toISOString()}`,
    `  CRM        ${read} reads and ${history} history reads for the plan; nothing was written`,
    ...Object.entries(totals.decisions).map(([connection, kinds]) => `  decisions  ${connection}: ${tally(kinds)}`),
  ]
  for (const [connection, { records, cells }] of Object.entries(totals.creations ?? {}))
    lines.push(
      `  created    ${connection}: ${count(records, 'record')} would be created, with ${count(cells, 'change')} of the above`,
    )
  for (const [connection, counts] of Object.entries(totals.activities ?? {}))
    lines.push(`  activities ${connection}: ${tally(counts)}`)
  if (totals.stayOut > 0) {
    const wider = 'plan with an earlier --since to bring them in'
    lines.push(
      `  left out   ${count(totals.stayOut, 'earlier conversation')} of these records, which no run has asked for the fields: ${wider}`,
    )
  }
  const records = [
    ...rows.map(({ externalId, contactId, ...row }) => {
      return { ...row, name: contactId === null ? externalId : `contact_${contactId}, record ${externalId}` }
    }),
    ...creations.map(({ conversationIds, ...row }) => ({
      ...row,
      name: `a new record for ${conversationIds.join(', ')}`,
    })),
  ]
  const changes = records.flatMap(({ connection, name, cells }) =>
    cells.flatMap(({ field, before = null, after = null, decision }) =>
      before !== after
        ? [
            {
              connection,
              externalId: name,
              field,
              before,
              after,
              decision,
            },
          ]
        : [],
    ),
  )
  if (changes.length > 0)
    lines.push(
      '',
      showCells(changes.slice(0, most), (name) => name),
    )
  const left = totals.changes - Math.min(changes.length, most)
  if (left > 0)
    lines.push('', `… and ${count(left, 'more change')}: afterword backfill plan --show ${backfill.id} --json`)
  return lines.join('\n')
}

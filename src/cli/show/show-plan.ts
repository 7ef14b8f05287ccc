import type { Backfill } from '../../backfill/index.ts'
import { formatFilter } from '../../filters/index.ts'
import { percent } from './percent.ts'
import { showCanary } from './show-canary.ts'
import { showConfig } from './show-config.ts'
import { showLanes } from './show-lanes.ts'
import { count, tally, usd } from './words.ts'

type Estimate = Backfill['estimate']

/** A plan as a person decides on it: what it will touch, with which prompts and rules, and what it may cost. */
export function showPlan(backfill: Backfill): string {
  const { estimate, frozen } = backfill
  const lines = [
    `Backfill ${backfill.id}: ${formatFilter(backfill.filter)}`,
    `  selected   ${count(estimate.conversations, 'conversation')} of ${count(estimate.contacts, 'contact')}${sampleOf(backfill)}`,
    ...(backfill.kind === 'mapping' ? [mappingOnly(backfill)] : estimated(estimate)),
    ...mergesOf(estimate),
    ...showLanes(backfill),
  ]
  const { maxCostUsd } = backfill.guards
  if (maxCostUsd !== undefined) lines.push(`  may cost   ${usd(maxCostUsd)} in all; there it stands still`)
  lines.push(...showCanary(backfill))
  for (const warning of estimate.warnings ?? []) lines.push(`  warning    ${warning}`)
  for (const [mapping, links] of Object.entries(estimate.records)) {
    const found = `${links.matched} with a CRM record, ${links.none} without, ${links.parked} ambiguous`
    lines.push(`  mapping    ${mapping}: ${found}`)
    if (links.createdAtMost !== undefined && links.createdAtMost > 0)
      lines.push(
        `             up to ${count(links.createdAtMost, 'record')} may be created, for people whom the CRM does not have`,
      )
    if (links.steps && links.matched > 0) lines.push(`             matched by ${tally(links.steps)}`)
    if (links.parked > 0)
      lines.push(`             to resolve: afterword match list --mapping ${mapping} --state parked`)
    lines.push(`             may write ${links.fields.join(', ')}`)
  }
  for (const [agentId, { version, isDraft, hash }] of Object.entries(frozen.configs)) {
    lines.push(
      `  prompts    ${agentId}, version ${version} (${isDraft ? 'draft' : 'published'}), frozen as ${hash.slice(0, 12)}`,
    )
  }
  for (const { parts, hash } of frozen.transferred ?? []) {
    const [first] = parts
    if (first) lines.push(`             ${showConfig({ ...first, hash, parts })}, frozen as ${hash.slice(0, 12)}`)
  }
  for (const [path, hash] of Object.entries(frozen.mappings))
    lines.push(`  rules      ${path}, frozen as ${hash.slice(0, 12)}`)
  return lines.join('\n')
}

function sampleOf({ guards: { sample } }: Backfill): string {
  if (sample === undefined) return ''
  if ('first' in sample) return `, the first ${sample.first.toLocaleString('en-US')}`
  return `, a random ${percent(sample.share)} with --seed ${sample.seed}`
}

function mappingOnly({ estimate, fields, mapping }: Backfill): string {
  const of = `${fields === null ? 'all rules' : fields.join(', ')}${mapping === null ? '' : ` of ${mapping}`}`
  return `  model      none is asked: what is stored goes through ${of}; ${count(estimate.notAnalysed ?? 0, 'conversation')} not analysed`
}

function estimated(estimate: Backfill['estimate']): string[] {
  return [
    `  model      ${count(estimate.modelCalls, 'call')}, ${estimate.cached} from the cache, ${estimate.skipped} with nothing to analyse`,
    `  estimate   about ${usd(estimate.costUsd)}${rangeOf(estimate)}, ${estimate.costUsdHigh === undefined ? '' : 'up to '}${usd(estimate.costUsdAtMost)} without the provider's cache, for ${count(estimate.inputTokens, 'token')} in and ${estimate.outputTokens.toLocaleString('en-US')} out`,
    ...sourcesOf(estimate),
  ]
}

function mergesOf({ merges }: Backfill['estimate']): string[] {
  if (!merges || merges.texts === 0) return []
  return [`             up to ${count(merges.texts, 'text')} to merge, about ${usd(merges.costUsd)}${rangeOf(merges)}`]
}

function rangeOf({ costUsdLow, costUsdHigh }: Partial<Pick<Estimate, 'costUsdLow' | 'costUsdHigh'>>): string {
  return costUsdLow === undefined || costUsdHigh === undefined ? '' : ` (${usd(costUsdLow)} to ${usd(costUsdHigh)})`
}

/** Plans made before estimates learned say nothing of it. */
function sourcesOf({ learnedFromCalls, pricesAsOf }: Estimate): string[] {
  if (learnedFromCalls === undefined) return []
  const how = learnedFromCalls === 0 ? 'not calibrated yet: ±15%' : `from your last ${count(learnedFromCalls, 'call')}`
  return [`             ${how}${pricesAsOf === undefined ? '' : `, by prices of ${pricesAsOf}`}`]
}

import type { Explanation } from '../../sync/index.ts'
import { plain } from './table.ts'
import { block } from './wrap.ts'

type Event = Explanation['records'][number]['timeline'][number]

const inner = ' '.repeat(6)

/** One line of a timeline, with what stands behind it below; an arrow before the one that decides. `rule`: the version that does. */
export function showEvent(event: Event, rule: string | undefined): string[] {
  const { at, atLatest, kind, who, value, decides, why } = event
  const said =
    value === null && why !== undefined ? why : `${JSON.stringify(value)}${why === undefined ? '' : ` (${why})`}`
  return [
    ...block(`${at}${atLatest ? ' at the latest' : ''}  ${kind} ${plain(said)}`, decides ? '→ ' : '  ', inner),
    ...block(plain(who), inner),
    ...behind(event, rule).flatMap((line) => block(plain(line), inner)),
    ...quotes(event),
  ]
}

function behind({ match, analysis, run, correction, decision }: Event, rule: string | undefined): string[] {
  return [
    match && `matched by ${match.step}, mapping ${match.mapping}${match.run ? `, ${runWords(match.run)}` : ''}`,
    analysis &&
      `analysis ${analysis.number} by ${analysis.model}, agent version ${analysis.agentVersion}, ${analysis.current ? 'current' : 'not the current one'}`,
    correction &&
      `corrected by hand: ${correction.item} = ${JSON.stringify(correction.value)}${correction.run ? `, ${runWords(correction.run)}` : ''}`,
    run && runWords(run),
    decision &&
      [
        `decided ${decision.decision}`,
        decision.why,
        decision.by && `because of ${decision.by}`,
        decision.rule !== rule && `by rule version ${decision.rule.slice(0, 12)}`,
      ]
        .filter(Boolean)
        .join(', '),
  ].filter((line) => line !== undefined)
}

function runWords({ id, kind, actor, reason }: NonNullable<Event['run']>): string {
  return `run ${id}, ${kind} of ${actor}: ${reason}`
}

/** The words in the transcript: the quote, and what was said around it. */
function quotes({ evidence = [] }: Event): string[] {
  return evidence.flatMap(({ turn, quote, around }) => [
    ...block(`turn ${turn}: “${plain(quote)}”`, inner),
    ...around.flatMap((each) =>
      block(`${each.turn} ${each.role}: ${plain(each.text)}`, ' '.repeat(10), ' '.repeat(14)),
    ),
  ])
}

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { PlanInput } from '../backfill/index.ts'
import { AppError } from '../errors.ts'
import { readShare } from './guard-options.ts'
import { readNumber } from './read-number.ts'

type Asked = NonNullable<PlanInput['canary']>
type Threshold = { item: string | null; measure: Measure; share: number }

const measures = ['changed', 'null', 'unverified', 'errors'] as const
type Measure = (typeof measures)[number]

export type CanaryOptions = { canary?: number; goOn?: 'by_itself' | 'ask'; stopAt?: Threshold[] }

/** Adds the options that have the first contacts analysed, held and judged before the rest. */
export function addCanaryOptions(command: Command): Command {
  const how = 'with --canary, where no threshold is crossed: ask (unless told) or by_itself'
  return command
    .option('--canary <contacts>', 'analyse the first contacts, write nothing, and stop for a person', readNumber)
    .addOption(new Option('--go-on <how>', how).choices(['by_itself', 'ask']))
    .option(
      '--stop-at <share...>',
      'with --canary: its thresholds, 10% unless told, such as changed=20% null=5% unverified=5% errors=2% plan.changed=50%',
      readThreshold,
    )
}

export function canaryFromOptions({ canary, goOn, stopAt }: CanaryOptions): Asked | undefined {
  if (canary === undefined) {
    const stray = goOn === undefined ? stopAt && '--stop-at' : '--go-on'
    if (stray === undefined) return undefined
    throw new AppError('cli.canary', 'stop', `${stray} goes with --canary`)
  }
  const asked: Asked = { contacts: canary, ...(goOn && { goOn }), stopAt: {}, fields: {} }
  for (const { item, measure, share } of stopAt ?? []) {
    if (item === null) asked.stopAt = { ...asked.stopAt, [measure]: share }
    else asked.fields = { ...asked.fields, [item]: { ...asked.fields?.[item], [measure]: share } }
  }
  return asked
}

/** `changed=20%`, or of one item `plan.changed=20%`. */
function readThreshold(text: string, earlier: Threshold[] = []): Threshold[] {
  const [, item = null, name, share = ''] = /^(?:([^=]+)\.)?(\w+)=(.*)$/.exec(text) ?? []
  const measure = measures.find((each) => each === name)
  if (measure === undefined || (item !== null && measure === 'errors'))
    throw new InvalidArgumentError(`${measures.join(', ')} with a share, such as changed=20% or plan.changed=50%`)
  return [...earlier, { item, measure, share: /^0%?$/.test(share) ? 0 : readShare(share) }]
}

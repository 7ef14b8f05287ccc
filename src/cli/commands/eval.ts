import { type Command, InvalidArgumentError } from 'commander'
import { belowGate, type EvaluationInput } from '../../analysis/index.ts'
import { AppError } from '../../errors.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { readConcurrency, readNames } from '../plan-options.ts'
import { linesOf, readJsonFile } from '../read-file.ts'
import { readNumber, readVersion } from '../read-number.ts'
import { showCalls, showEvaluation, showGate } from '../show/show-evaluation.ts'
import { withOpened } from '../with-opened.ts'
import { writeTextFile } from '../write-file.ts'

type Options = {
  labels?: string
  corrections?: true
  agent?: string
  version?: number | 'draft'
  config?: string
  limit?: number
  without?: string[]
  withoutTools?: true
  stored?: true
  live?: true
  concurrency?: number
  gate?: number
  out?: string
  json?: true
}

export function addEval(program: Command, deps: CliDeps): void {
  program
    .command('eval')
    .description('how far the analyses of a config agree with what people say is right, item by item')
    .option('--labels <file>', 'against a labels file: a JSON line per conversation, with its id and fields')
    .option('--corrections', 'against the corrections that stand')
    .option('--agent <id>', 'only conversations of this agent')
    .option(
      '--version <number>',
      'with --agent: this version in place of the newest draft, `draft`',
      readVersionOrDraft,
    )
    .option('--config <file>', '{ items, model } as JSON in place of every version')
    .option('--limit <number>', 'only the first so many labels', readNumber)
    .option('--without <items>', 'leave these items out, such as free text, which only a reader can judge', readNames)
    .option('--without-tools', 'show the model no tool calls: for labels that were made from them')
    .option('--stored', 'ask no model: compare what is stored')
    .option('--live', 'only by a real model: refused on the sandbox, without a key, and without --out')
    .option('--concurrency <number>', 'model calls at once, 8 unless told', readConcurrency)
    .option('--gate <share>', 'exit 1 where an item agrees in less than this share, such as 0.9', readShare)
    .option('--out <file>', 'write the result there as JSON')
    .option('--json', 'print the result as JSON')
    .action((options: Options) =>
      withOpened(deps, async (opened, actor) => {
        const inline = options.config === undefined ? {} : { inline: await readJsonFile(options.config) }
        const input = { ...readOptions(options), ...inline, actor, reason: 'afterword eval' }
        const evaluation = await opened.evaluateConfig(input, (planned) => deps.warn(showCalls(planned)))
        const { gate, out, json } = options
        const below = gate === undefined ? [] : belowGate(evaluation, gate)
        const text = JSON.stringify(gate === undefined ? evaluation : { ...evaluation, gate, below }, null, 2)
        if (out !== undefined) await writeTextFile(out, `${text}\n`)
        deps.print(json ? text : showEvaluation(evaluation))
        if (gate === undefined) return
        const isEmpty = evaluation.all.labels === 0
        deps.warn(showGate(gate, below, isEmpty))
        if (isEmpty || below.length > 0) throw new Failed()
      }),
    )
}

function readOptions(options: Options): Omit<EvaluationInput, 'actor' | 'reason'> {
  const { labels, corrections, agent, version, limit, without, withoutTools, stored, live, out, concurrency } = options
  if ((labels === undefined) === (corrections === undefined))
    throw new AppError('cli.labels', 'stop', 'give one of --labels <file> or --corrections')
  if (typeof version === 'number' && agent === undefined)
    throw new AppError('cli.version', 'stop', '--version <number> goes with --agent: versions are counted per agent')
  if (live && (stored || out === undefined))
    throw new AppError('cli.live', 'stop', '--live asks a model and goes with --out <file>, not with --stored')
  return {
    labels: labels === undefined ? 'corrections' : () => linesOf(labels),
    ...(agent !== undefined && { agentId: agent }),
    ...(typeof version === 'number' && { version }),
    ...(limit !== undefined && { limit }),
    ...(without && { without }),
    ...(withoutTools && { withoutTools }),
    ...(stored && { isStored: true }),
    ...(live && { isLive: true }),
    ...(concurrency !== undefined && { concurrency }),
  }
}

function readVersionOrDraft(text: string): number | 'draft' {
  return text === 'draft' ? text : readVersion(text)
}

function readShare(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('a share from 0 to 1, such as 0.9')
}

import { dirname, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { AppError } from '../../errors.ts'
import {
  checkMappings,
  type Edit,
  editMapping,
  formatProblem,
  loadMappingFolders,
  type Mapping,
  type Problem,
  type RuleName,
  readMappingFile,
  readSetting,
  saveMappingFile,
} from '../../mapping/index.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { lineDiff } from '../show/line-diff.ts'

type Deps = Pick<CliDeps, 'mappings' | 'print' | 'warn'>

const settings = `
Values are YAML, in single quotes where the shell would read them: max_length=500, 'from=[budget, price]',
'values={ Yes: true, No: false }', values.Maybe=null, 'from=$ended_at'. An empty value takes a key away: when=`

const lineOption = ['--line <line>', 'which of several rules for one field, by its line', readLine] as const

export function addMappingEdits(mapping: Command, deps: Deps): void {
  mapping
    .command('set')
    .description('change keys of a rule, or of the whole file where no field is named; comments and order stay')
    .argument('<file>')
    .argument('[field]', "the CRM's field that the rule writes")
    .argument('[key=value...]', 'what to set')
    .option(...lineOption)
    .addHelpText('after', settings)
    .action((file: string, first: string | undefined, others: string[], { line }: { line?: number }) => {
      const isField = first !== undefined && !first.includes('=')
      const pairs = isField || first === undefined ? others : [first, ...others]
      const values = readSettings(pairs)
      return edit(deps, file, { change: 'set', values, ...(isField && { rule: ruleName(first, line) }) })
    })
  mapping
    .command('add')
    .description('add a rule to a mapping file')
    .argument('<file>')
    .argument('<key=value...>', 'from=… to=…, and what else the rule says')
    .addHelpText('after', settings)
    .action((file: string, pairs: string[]) => edit(deps, file, { change: 'add', rule: ruleFrom(pairs) }))
  mapping
    .command('remove')
    .description('take a rule out of a mapping file: nothing new is written, and nothing in the CRM is cleared')
    .argument('<file>')
    .argument('<field>', "the CRM's field that the rule writes")
    .option(...lineOption)
    .action((file: string, field: string, { line }: { line?: number }) =>
      edit(deps, file, { change: 'remove', rule: ruleName(field, line) }),
    )
}

async function edit({ mappings, print, warn }: Deps, file: string, change: Edit): Promise<void> {
  const { folders, kinds } = await mappings()
  const before = await readMappingFile(file)
  const edited = editMapping(before, file, change, kinds)
  const problems = 'problems' in edited ? edited.problems : await problemsWithOthers(edited.mapping, folders, kinds)
  if ('problems' in edited || problems.length > 0) {
    warn(`${file} is left as it is:\n${problems.map(formatProblem).join('\n')}`)
    throw new Failed()
  }
  if (edited.text === before) return print(`${file} says so already`)
  await saveMappingFile(file, before, edited.text)
  print([file, ...lineDiff(before, edited.text)].join('\n'))
}

/** What an edited file would get wrong together with the others of its folders. */
async function problemsWithOthers(
  mapping: Mapping,
  folders: readonly string[],
  kinds: Parameters<typeof loadMappingFolders>[1],
): Promise<Problem[]> {
  const own = resolve(mapping.path)
  if (!folders.some((folder) => resolve(folder) === dirname(own))) return []
  const loaded = await loadMappingFolders(folders, kinds)
  const others = loaded.mappings.filter(({ path }) => resolve(path) !== own)
  return checkMappings([...others, mapping]).filter(({ path }) => path === mapping.path)
}

function ruleName(to: string, line: number | undefined): RuleName {
  return { to, ...(line !== undefined && { line }) }
}

function readSettings(pairs: readonly string[]): { path: string[]; value: unknown }[] {
  if (pairs.length === 0) throw new AppError('cli.setting', 'stop', 'say what to set, as key=value')
  return pairs.map((pair) => {
    const setting = readSetting(pair)
    if ('problem' in setting) throw new AppError('cli.setting', 'stop', setting.problem)
    return setting
  })
}

function ruleFrom(pairs: readonly string[]): Record<string, unknown> {
  const rule: Record<string, unknown> = {}
  for (const { path, value } of readSettings(pairs)) {
    const [key, ...rest] = path
    if (key === undefined || rest.length > 0) {
      const message = `${path.join('.')}: a new rule takes whole keys, such as '${key}={ … }'`
      throw new AppError('cli.setting', 'stop', message)
    }
    if (value !== undefined) rule[key] = value
  }
  return rule
}

function readLine(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a line, as mapping check tells it')
  return Number(text)
}

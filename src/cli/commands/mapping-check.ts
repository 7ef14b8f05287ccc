import { type Command, Option } from 'commander'
import { type AgentItems, itemsInFile } from '../../agents/index.ts'
import { readSnapshot, type Snapshot } from '../../crm/index.ts'
import {
  checkMappings,
  type Kinds,
  loadMappingFolders,
  type Mapping,
  type Problem,
  parseMapping,
  readMappingFile,
} from '../../mapping/index.ts'
import { checkMapping, type LiveCheck } from '../../sync/index.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { readJsonFile } from '../read-file.ts'
import { showCheck } from '../show/show-check.ts'
import { withOpened } from '../with-opened.ts'

type Options = { live?: true; schema?: string; agents?: string; json?: true }

const help = `
Exit codes: 0 right · 1 a file is wrong · 2 nothing wrong was found, but not everything could be checked (a CRM that
does not answer, or an object that the saved schema lacks).
--json prints a list of problems; with --live an object of problems, advice, unreachable and behind.`

export function addMappingCheck(mapping: Command, deps: CliDeps): void {
  mapping
    .command('check')
    .description('read mapping files and report every mistake with its line and column; exit 1 where there is one')
    .argument('[files...]', 'by default every file of the mapping folders')
    .option('--live', "against the CRMs as they are now, the agents' items, and what was decided so far")
    .addOption(new Option('--schema <file>', 'against a schema saved by `crm schema`, offline').conflicts('live'))
    .option('--agents <file>', "against these agents' items, in the shape that `import --agents` takes")
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', help)
    .action(async (files: string[], options: Options) => {
      const { folders, kinds } = await deps.mappings()
      const { mappings, problems } =
        files.length > 0 ? await readFiles(files, kinds) : await loadMappingFolders(folders, kinds)
      const agents = options.agents === undefined ? null : itemsInFile(await readJsonFile(options.agents))
      const found = options.live
        ? await withOpened(deps, (opened) => opened.checkLive({ mappings, ...(agents && { agents }) }))
        : checkOffline(mappings, await readSchema(options.schema), agents)
      const all = { ...found, problems: [...problems, ...found.problems] }
      if (options.json) deps.print(JSON.stringify(options.live ? all : all.problems, null, 2))
      else deps.print(showCheck(mappings, all))
      for (const { connection, object, message } of all.unreachable) {
        deps.warn(`not checked: the fields of ${object} in ${connection}: ${message}`)
      }
      if (all.problems.length > 0) throw new Failed()
      if (all.unreachable.length > 0) throw new Failed(2)
    })
}

async function readFiles(files: string[], kinds: Kinds): Promise<{ mappings: Mapping[]; problems: Problem[] }> {
  const results = await Promise.all(files.map(async (file) => parseMapping(await readMappingFile(file), file, kinds)))
  const mappings = results.flatMap((result) => ('mapping' in result ? [result.mapping] : []))
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []))
  return { mappings, problems: [...problems, ...checkMappings(mappings)] }
}

/** As `checkLive`, by what is at hand: nothing is known of what was decided. */
function checkOffline(mappings: Mapping[], schema: Snapshot | null, agents: AgentItems[] | null): LiveCheck {
  const unreachable: LiveCheck['unreachable'] = []
  const findings = mappings.map((mapping) => {
    const { connection, object, crm } = mapping
    const saved = schema?.find((each) => each.connection === connection && each.object === object && each.crm === crm)
    if (schema && !saved) unreachable.push({ connection, object, message: 'the saved schema does not have them' })
    return checkMapping(mapping, { fields: saved?.fields ?? null, agents })
  })
  return {
    problems: findings.flatMap(({ problems }) => problems),
    advice: findings.flatMap(({ advice }) => advice),
    unreachable,
    behind: [],
  }
}

async function readSchema(file: string | undefined): Promise<Snapshot | null> {
  return file === undefined ? null : readSnapshot(await readMappingFile(file), file)
}

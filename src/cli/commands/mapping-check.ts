import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { AppError } from '../../errors.ts'
import {
  checkMappings,
  formatProblem,
  type Kinds,
  loadMappingFolders,
  type Mapping,
  type Problem,
  parseMapping,
} from '../../mapping/index.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'

export function addMappingCheck(program: Command, deps: Pick<CliDeps, 'mappings' | 'print'>): void {
  program
    .command('mapping')
    .description('mapping files')
    .command('check')
    .description('read mapping files and report every mistake with its line and column; exit 1 where there is one')
    .argument('[files...]', 'by default every file of the mapping folders')
    .option('--json', 'print the problems as JSON')
    .action(async (files: string[], { json }: { json?: true }) => {
      const { folders, kinds } = await deps.mappings()
      const { mappings, problems } =
        files.length > 0 ? await readFiles(files, kinds) : await loadMappingFolders(folders, kinds)
      if (json) deps.print(JSON.stringify(problems, null, 2))
      else if (problems.length > 0) deps.print(problems.map(formatProblem).join('\n'))
      else
        deps.print(
          mappings.map(({ path, rules }) => `${path}: ${rules.length} fields, right`).join('\n') || 'no mapping files',
        )
      if (problems.length > 0) throw new Failed()
    })
}

async function readFiles(files: string[], kinds: Kinds): Promise<{ mappings: Mapping[]; problems: Problem[] }> {
  const results = await Promise.all(files.map(async (file) => parseMapping(await readText(file), file, kinds)))
  const mappings = results.flatMap((result) => ('mapping' in result ? [result.mapping] : []))
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []))
  return { mappings, problems: [...problems, ...checkMappings(mappings)] }
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('cli.file', 'stop', `${file} cannot be read`, { cause })
  })
}

import { Command, CommanderError } from 'commander'
import { AppError } from '../errors.ts'
import { addAgentSet } from './commands/agent-set.ts'
import { addBackfillMoves } from './commands/backfill-moves.ts'
import { addBackfillPlan } from './commands/backfill-plan.ts'
import { addBackfillShow } from './commands/backfill-show.ts'
import { addBackfillStart } from './commands/backfill-start.ts'
import { addContactSet } from './commands/contact-set.ts'
import { addConversation } from './commands/conversation.ts'
import { addCorrect } from './commands/correct.ts'
import { addCrmDoctor } from './commands/crm-doctor.ts'
import { addCrmImport } from './commands/crm-import.ts'
import { addCrmImports } from './commands/crm-imports.ts'
import { addCrmPrepare } from './commands/crm-prepare.ts'
import { addCrmSchema } from './commands/crm-schema.ts'
import { addDemo } from './commands/demo.ts'
import { addDoctor } from './commands/doctor.ts'
import { addErase } from './commands/erase.ts'
import { addEval } from './commands/eval.ts'
import { addImport } from './commands/import.ts'
import { addKeep } from './commands/keep.ts'
import { addKey } from './commands/key.ts'
import { addMappingCheck } from './commands/mapping-check.ts'
import { addMappingEdits } from './commands/mapping-edits.ts'
import { addMappingInit } from './commands/mapping-init.ts'
import { addMatch } from './commands/match.ts'
import { addMigrate } from './commands/migrate.ts'
import { addPull } from './commands/pull.ts'
import { addPush } from './commands/push.ts'
import { addRerun } from './commands/rerun.ts'
import { addRetention } from './commands/retention.ts'
import { addBackfillRetry, addRetry } from './commands/retry.ts'
import { addSchedules } from './commands/schedules.ts'
import { addServe } from './commands/serve.ts'
import { addSpending } from './commands/spending.ts'
import { addTrigger } from './commands/trigger.ts'
import { addUndo } from './commands/undo.ts'
import { addWhy } from './commands/why.ts'
import type { CliDeps } from './deps.ts'
import { Failed } from './failed.ts'

/**
 * The command line door: runs the one command that `args` name and returns the exit code: 0, 1, or another where the
 * command says so. What went wrong is said on standard error, in a sentence where it was foreseen.
 */
export async function runCli(deps: CliDeps, args: string[]): Promise<number> {
  try {
    await createProgram(deps).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (error instanceof Failed) return error.exitCode
    if (error instanceof AppError) deps.warn(`error: ${error.message}`)
    else deps.warn(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return 1
  }
}

function createProgram(deps: CliDeps): Command {
  const program = new Command('afterword')
    .description('Reruns the analysis of past calls and chats, and keeps CRM contacts right.')
    .exitOverride()
    .showHelpAfterError('(--help says what there is)')
    .configureOutput({ writeOut: (text) => deps.print(text.trimEnd()), writeErr: (text) => deps.warn(text.trimEnd()) })
  addServe(program, deps)
  addDemo(program, deps)
  addImport(program, deps)
  addPull(program, deps)
  addRerun(program, deps)
  addKeep(program, deps)
  addCorrect(program, deps)
  addEval(program, deps)
  addTrigger(program, deps)
  const backfill = program.command('backfill').description('rerun the analysis of many conversations')
  addBackfillPlan(backfill, deps)
  addBackfillStart(backfill, deps)
  addBackfillShow(backfill, deps)
  addBackfillMoves(backfill, deps)
  addBackfillRetry(backfill, deps)
  addSchedules(program, deps)
  addUndo(program, deps)
  addRetry(program, deps)
  addWhy(program, deps)
  addContactSet(program, deps)
  addAgentSet(program, deps)
  addMatch(program, deps)
  addConversation(program, deps)
  addRetention(program, deps)
  addErase(program, deps)
  const mapping = program.command('mapping').description('mapping files')
  addMappingCheck(mapping, deps)
  addMappingInit(mapping, deps)
  addMappingEdits(mapping, deps)
  const crm = program.command('crm').description('CRM connections')
  addCrmImport(crm, deps)
  addCrmImports(crm, deps)
  addCrmSchema(crm, deps)
  addCrmDoctor(crm, deps)
  addCrmPrepare(crm, deps)
  addPush(program, deps)
  addSpending(program, deps)
  addKey(program, deps)
  addMigrate(program, deps)
  addDoctor(program, deps)
  return program
}

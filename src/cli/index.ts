export type { Check, CliDeps, Opened } from './deps.ts'
export { formatPlan, formatReport, formatStatus } from './format-backfill.ts'
export { runCli } from './run-cli.ts'
export { watchBackfill } from './watch-backfill.ts'

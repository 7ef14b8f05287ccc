import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { RunCell, RunReport } from '../sync/index.ts'
import type { CliDeps, Opened } from './deps.ts'
import { showLeft, showUndoCells, showUndoCounts } from './show/show-undo.ts'

export type UndoOptions = { reason: string; plan?: true; wait?: true; json?: true }

type Page<Next> = { cells: RunCell[]; next: Next | null }

const lookEveryMs = 250
const cellsAtOnce = 500

export function addUndoOptions(command: Command, name: string): Command {
  return command
    .option('--reason <text>', 'why, for the audit', name)
    .option('--plan', 'show every cell that it would restore or leave, and why; nothing is written')
    .option('--wait', 'wait until it is pushed, and show what became of every cell')
    .option('--json', 'with --plan or --wait: print the cells as JSON, one a line')
}

/** Prints the plan of an undo, page by page, and what it comes to. */
export async function showUndoPlan(
  { print }: Pick<CliDeps, 'print'>,
  readPage: (after: number) => Promise<Page<number>>,
  json = false,
): Promise<void> {
  const decisions: RunReport['decisions'] = {}
  let after: number | null = 0
  while (after !== null) {
    const page: Page<number> = await readPage(after)
    for (const { decision } of page.cells) decisions[decision.decision] = (decisions[decision.decision] ?? 0) + 1
    printCells(print, page.cells, json)
    after = page.next
  }
  if (!json) print(`\nIt would come to this; nothing was written.\n${showUndoCounts(decisions)}`)
}

/** Waits until an undo is pushed and prints what became of every cell, page by page, and what it came to. */
export async function followUndo(
  { print, warn }: Pick<CliDeps, 'print' | 'warn'>,
  opened: Pick<Opened, 'reportRun' | 'listRunCells' | 'countWorkers'>,
  runId: number,
  json = false,
): Promise<void> {
  let report = await opened.reportRun(runId)
  if (report.waiting > 0 && (await opened.countWorkers()) === 0)
    warn('No worker runs just now; the undo is pushed when one does: afterword serve')
  while (report.waiting > 0) {
    await sleep(lookEveryMs)
    report = await opened.reportRun(runId)
  }
  let after: Parameters<Opened['listRunCells']>[1]['after'] = null
  do {
    const page: Awaited<ReturnType<Opened['listRunCells']>> = await opened.listRunCells(runId, {
      after,
      most: cellsAtOnce,
    })
    printCells(print, page.cells, json)
    after = page.next
  } while (after !== null)
  if (!json) print(`\n${showUndoCounts(report.decisions)}`)
  for (const { connection, records } of json ? [] : report.created) print(showLeft(connection, records))
}

function printCells(print: CliDeps['print'], cells: readonly RunCell[], json: boolean): void {
  if (json) for (const cell of cells) print(JSON.stringify(cell))
  else if (cells.length > 0) {
    const shown = showUndoCells(cells)
    if (shown !== '') print(shown)
  }
}

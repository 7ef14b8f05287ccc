import { configHash, type FrozenConfig } from '../../../src/agents/index.ts'
import { keepAnalyses } from '../../../src/analysis/index.ts'
import { startRun } from '../../../src/audit/index.ts'
import { transact } from '../../../src/db/index.ts'
import type { Value } from '../../../src/mapping/index.ts'
import { markRecords, undoRun } from '../../../src/sync/index.ts'
import { rowsWritten, historyCalls } from '../../support/records.ts'
import { extractionOf } from './extraction.ts'
import { answersOf, type Conversation, type Edit, type Op, type Program } from './language.ts'
import { type Pace, type Step, stepsOf } from './paces.ts'
import { type PlacedField, placeFields } from './place-fields.ts'
import type { Contact, Stage } from './stage.ts'
import { fromWire, toWire } from './wire.ts'

/** A program, the order in which its operations reach us, and when pushes happen. */
export type Performance = { program: Program; order: readonly Op[]; pace: Pace }

export type Played = {
  /** What the CRM holds at the end, per performance and field. */
  cells: { [field: string]: Value }[]
  /** What one more push of every record costs the CRM. */
  again: { rowsWritten: number; historyCalls: number }
}

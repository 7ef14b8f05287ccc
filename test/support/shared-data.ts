import { existsSync } from 'node:fs'
import path from 'node:path'

export type SharedData = { path: string; absent: boolean }

const folder = process.env.AFTERWORD_CONVERSATIONS ?? path.join(import.meta.dirname, '../../../shared/data')

/**
 * A file of the real conversations, which live outside the repository: in the folder AFTERWORD_CONVERSATIONS names, or beside it.
 * `describe.skipIf(calls.absent)('…', …)`; a sentence says what was skipped.
 */
export function sharedData(name: string): SharedData {
  const file = path.join(folder, name)
  const absent = !existsSync(file)
  if (absent)
    process.stdout.write(
      `Skipped: tests that need ${name} (looked in ${folder}; AFTERWORD_CONVERSATIONS names another folder).\n`,
    )
  return { path: file, absent }
}

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export type Source = { file: string; text: string }
/** An import, by the file it leads to when it is one of ours (relative to the repository, as everything here). */
export type Import = { line: number; specifier: string; target: string | undefined; typeOnly: boolean }

export const root = path.join(import.meta.dirname, '../..')
const notOurs = new Set(['node_modules', '.git', '.afterword', 'dist'])

/** Every file below a folder of the repository whose name passes, with its text, sorted. */
export function sources(folder: string, named: RegExp): Source[] {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true })
  return entries
    .filter((entry) => !notOurs.has(entry.name))
    .sort((one, other) => one.name.localeCompare(other.name))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name)
      if (entry.isDirectory()) return sources(file, named)
      return named.test(entry.name) ? [{ file, text: readFileSync(path.join(root, file), 'utf8') }] : []
    })
}

const importForms = [
  /^[ \t]*(?:import|export)\s+(?<type>type\s)?(?:[\w$\s{},*]*\sfrom\s*)?['"](?<specifier>[^'"]+)['"]/gm,
  /\b(?:import|require|import\.meta\.resolve)\s*\(\s*['"](?<specifier>[^'"]+)['"]/gm,
]

/** Static and dynamic imports and re-exports of a file. */
export function importsOf({ file, text }: Source): Import[] {
  return importForms
    .flatMap((form) => [...text.matchAll(form)])
    .map(({ index, groups }) => {
      const specifier = groups?.specifier ?? ''
      return {
        line: text.slice(0, index).split('\n').length,
        specifier,
        target: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : undefined,
        typeOnly: groups?.type !== undefined || onlyTypesNamed(text.slice(index)),
      }
    })
}

/** `import { type A, type B } from`: every name in the braces is a type. */
function onlyTypesNamed(statement: string): boolean {
  const names = /^\s*(?:import|export)\s*\{([^}]*)\}/.exec(statement)?.[1]?.split(',') ?? []
  const named = names.map((name) => name.trim()).filter((name) => name !== '')
  return named.length > 0 && named.every((name) => name.startsWith('type '))
}

import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importsOf, root, sources } from './sources.ts'

const longestFile = 250
const topLevel = [
  'LICENSE',
  'README.md',
  'backfills',
  'biome.json',
  'knip.json',
  'mappings',
  'migrations',
  'node_modules',
  'package-lock.json',
  'package.json',
  'src',
  'test',
  'tsconfig.json',
  'vitest.config.ts',
]

describe('the sources', () => {
  test('the environment is read in one place', () => {
    const reader = /\bprocess\s*\.\s*env\b|\benv\b[^;\n]*from 'node:process'/
    const readers = sources('src', /\.c?ts$|\.cjs$/).filter(({ text }) => reader.test(text))
    expect(readers.map(({ file }) => file).filter((file) => file !== 'src/config.ts')).toEqual([])
  })

  test(`no file is longer than ${longestFile} lines`, () => {
    const long = ['src', 'test'].flatMap((folder) =>
      sources(folder, /\.c?[tj]s$/).flatMap(({ file, text }) => {
        const lines = text.split('\n').length - 1
        return lines > longestFile ? [`${file} has ${lines}`] : []
      }),
    )
    expect(long).toEqual([])
  })

  test('TypeScript only in files that Node runs as they are', () => {
    expect(sources('.', /\.[tj]sx$|\.[mc]ts$/).map(({ file }) => file)).toEqual([])
  })

  test('migrations are frozen in time: they import nothing of ours', () => {
    const imports = sources('migrations', /\.ts$/).flatMap((source) =>
      importsOf(source).flatMap(({ target, line }) =>
        target === undefined ? [] : [`${source.file}:${line} ${target}`],
      ),
    )
    expect(imports).toEqual([])
  })

  test('a helper of tests opens nothing as it is loaded: test files share what is loaded', () => {
    const files = sources('test', /\.ts$/)
    const helpers = new Set(files.flatMap(importsOf).map(({ target }) => target))
    const opens = /^(?:export )?(?:const [^\n]*= )?await |^(?:before|after)(?:All|Each)\(/m
    const opening = files.filter(({ file, text }) => helpers.has(file) && opens.test(text))
    expect(opening.map(({ file }) => file)).toEqual([])
  })

  test('no file names the registry that packages come from', () => {
    const host = /\/\/[\w.-]*(?:registry|artifactory|nexus)[\w-]*\.[\w.-]+|\bregistry\.[a-z]+\.[a-z]+|"resolved"\s*:/
    const text = sources('.', /\.(?:[cm]?[jt]s|json|ya?ml|md|sh|npmrc)$|^(?:run|Dockerfile)$/)
    expect(text.filter((source) => host.test(source.text)).map(({ file }) => file)).toEqual([])
  })

  test('the top level holds what tools demand there, and nothing else', () => {
    const found = readdirSync(root).filter((name) => !name.startsWith('.') && name !== 'dist')
    expect(found.filter((name) => !topLevel.includes(name))).toEqual([])
  })
})

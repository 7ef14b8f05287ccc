import { expect, test } from 'vitest'
import { importsOf, sources } from './sources.ts'

/** Rooms that know kinds of CRM: the one they live in, the one that lists them, and the stand-ins. */
const atHome = /^src\/(crm|main|sandbox)\//

test('no other room asks of which kind a CRM is', () => {
  const asking = sources('src', /\.ts$/).filter(({ file, text }) => {
    return !atHome.test(file) && /(kind|crm)\s*[!=]==?\s*'|case '(hubspot|salesforce)'/.test(text)
  })
  expect(asking.filter(({ text }) => /'(hubspot|salesforce)'/.test(text)).map(({ file }) => file)).toEqual([])
})

test('nobody but main imports an adapter, and main only the list of kinds', () => {
  const imports = sources('src', /\.ts$/).flatMap((source) =>
    importsOf(source).flatMap(({ target }) => (target === undefined ? [] : [{ file: source.file, target }])),
  )
  const adapters = imports.filter(({ target }) => /^src\/crm\/(hubspot|salesforce)\//.test(target))
  const strangers = adapters.filter(({ file }) => !/^src\/crm\/(hubspot|salesforce)\//.test(file))
  const ours = imports.filter(({ target }) => target === 'src/contacts/local/adapter.ts')
  expect(ours.map(({ file }) => file)).toEqual(['src/contacts/local/kind.ts'])
  expect([...new Set(strangers.map(({ file }) => file))].sort()).toEqual(['src/crm/index.ts', 'src/crm/words.ts'])
})

import { describe, expect, test } from 'vitest'
import { isKnownRoom, objection, roomOf } from './rooms.ts'
import { importsOf, sources } from './sources.ts'

const files = sources('src', /\.ts$/)

describe('the rooms of src', () => {
  test('every file lies in a room of the list', () => {
    expect(files.map(({ file }) => file).filter((file) => !isKnownRoom(roomOf(file)))).toEqual([])
  })

  test('a room imports only the rooms above it, and through their index.ts', () => {
    const broken = files.flatMap((source) =>
      importsOf(source).flatMap((found) => {
        const reason = objection(source.file, found)
        return reason === undefined ? [] : [`${source.file}:${found.line} imports ${found.specifier}: ${reason}`]
      }),
    )
    expect(broken).toEqual([])
  })
})

describe('the rule itself', () => {
  test.each([
    ['src/db/connect.ts', "import type { Audit } from '../audit/index.ts'", 'audit lies below db (DESIGN section 3)'],
    ['src/audit/list.ts', "import { json } from '../db/json.ts'", 'db is entered by its index.ts'],
    ['src/filters/parse.ts', "import { AppError } from '../errors.ts'", 'filters may import nothing of ours'],
    ['src/mapping/fold.ts', "import { json } from '../db/index.ts'", 'mapping may import filters'],
    ['src/http/app.ts', "export * from '../console/index.ts'", 'only main may import console'],
    ['src/sync/push.ts', "const { run } = await import('../pipeline.ts')", 'only main may import pipeline'],
    ['src/crm/client.ts', "import { config } from '../config.ts'", 'config is passed as values: import its types only'],
    ['src/config.ts', "import { hubspot } from './crm/index.ts'", 'config may import no room'],
    ['src/errors.ts', "import {\n  a,\n} from './db/index.ts'", 'errors may import no room'],
    ['src/cli/demo.ts', "import '../../test/support/database.ts'", 'leads out of src'],
  ])('%s may not: %s', (file, text, reason) => {
    expect(importsOf({ file, text }).map((found) => objection(file, found))).toEqual([reason])
  })

  test.each([
    ['src/sync/crm/push.ts', "import { json } from '../../db/index.ts'"],
    ['src/mapping/fold.ts', "import { parse } from '../filters/index.ts'"],
    ['src/http/app.ts', "import type { Config } from '../config.ts'"],
    ['src/http/app.ts', "import { type Config, type Role } from '../config.ts'"],
    ['src/config.ts', "import type { CrmKind } from './crm/index.ts'"],
    ['src/main.ts', "import { loadConfig } from './config.ts'"],
    ['src/main.ts', "import { bindPipeline } from './pipeline.ts'"],
    ['src/sync/push.ts', "import { AppError } from '../errors.ts'"],
  ])('%s may: %s', (file, text) => {
    expect(importsOf({ file, text }).map((found) => objection(file, found))).toEqual([undefined])
  })
})

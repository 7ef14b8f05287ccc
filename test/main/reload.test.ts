import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { activeMappings } from '../../src/sync/index.ts'
import { textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'
import { startServe } from './serve-process.ts'

const world = await createWorld({ AFTERWORD_PORT: '0', AFTERWORD_LOG_LEVEL: 'info' })
const { db, useCases, actor } = world
world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])

const head =
  'version: 1\ncrm: hubspot\nconnection: main\nobject: contacts\nmatch: [{ email: metadata.email }]\nfields:\n'
const plan = '  - { from: plan, to: plan_wanted }\n'
const goal = '  - { from: goal, to: customer_goal }\n'

const inForce = async () => {
  const active = await activeMappings(db)
  return active.map(({ path: file, rules }) => `${file}: ${rules.map(({ field }) => field).join(' ')}`)
}

test('a running service takes up what is saved right, and keeps the last good set where it is wrong', {
  timeout: 90_000,
}, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-reload-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const backfills = path.join(folder, 'backfills')
  await mkdir(backfills)
  const save = (name: string, text: string) => writeFile(path.join(folder, name), text)
  await save('contacts.yaml', head + plan)
  const service = startServe({ ...world.environment, AFTERWORD_MAPPINGS: folder, AFTERWORD_BACKFILLS: backfills })
  const { key } = await useCases.createKey({ name: 'reload', actor })
  const url = new URL('/v1/mappings', await service.url)
  const told = async () => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } })
    return (await answer.json()) as { items: { path: string }[]; problems: { message: string }[]; checked_at: string }
  }
  const eventually = { timeout: 15_000, interval: 100 }
  expect(await inForce()).toEqual(['contacts.yaml: plan_wanted'])
  expect(await told()).toMatchObject({ problems: [], checked_at: expect.stringMatching(/^\d{4}-/) })

  // A broken save, and one for a connection that is none: told at their places, nothing changes.
  await save('contacts.yaml', `${head}  - { form: plan, to: plan_wanted }\n`)
  await expect.poll(async () => (await told()).problems.length, eventually).toBe(2)
  expect(await told()).toMatchObject({
    items: [{ path: 'contacts.yaml' }],
    problems: [
      {
        path: path.join(folder, 'contacts.yaml'),
        line: 7,
        column: 5,
        message: expect.stringMatching('"from" is missing'),
      },
      { line: 7, column: 7, message: 'unknown key "form"; did you mean "from"?' },
    ],
  })
  await save('contacts.yaml', head.replace('main', 'mian') + plan)
  await expect.poll(async () => (await told()).problems[0]?.message, eventually).toContain('"mian"')
  expect(await inForce()).toEqual(['contacts.yaml: plan_wanted'])

  // A right one, as editors save: written beside, renamed over.
  await save('.contacts.yaml.swp', head + plan + goal)
  await rename(path.join(folder, '.contacts.yaml.swp'), path.join(folder, 'contacts.yaml'))
  await expect.poll(inForce, eventually).toEqual(['contacts.yaml: plan_wanted customer_goal'])
  await expect.poll(async () => (await told()).problems, eventually).toEqual([])

  // A rule moves to a new file, then that one is deleted.
  await save('contacts.yaml', head + plan)
  await save('goals.yaml', head + goal)
  await expect.poll(inForce, eventually).toEqual(['contacts.yaml: plan_wanted', 'goals.yaml: customer_goal'])
  await rm(path.join(folder, 'goals.yaml'))
  await expect.poll(inForce, eventually).toEqual(['contacts.yaml: plan_wanted'])

  // So are backfills that repeat, each by itself.
  const schedules = async () => {
    const answer = await fetch(new URL('/v1/schedules', url), { headers: { authorization: `Bearer ${key}` } })
    return (await answer.json()) as { items: { every: string }[]; problems: { line: number; message: string }[] }
  }
  const nightly = 'name: nightly\nreason: test\nevery: day at 02:30\nfilter: {}\n'
  await save('backfills/nightly.yaml', nightly)
  await expect.poll(schedules, eventually).toMatchObject({ items: [{ every: 'day at 02:30' }], problems: [] })
  await save('backfills/nightly.yaml', nightly.replace('02:30', '26:30'))
  await expect
    .poll(schedules, eventually)
    .toMatchObject({ items: [{ every: 'day at 02:30' }], problems: [{ line: 3 }] })

  service.signal('SIGTERM')
  const { code, output } = await service.ended
  expect(code).toBe(0)
  const lines = output.split('\n').filter((line) => line.includes('mapping files are'))
  expect(lines[0]).toContain('contacts.yaml:7:7  unknown key')
  expect(lines[0]).toContain('those that were right before stay in force')
  expect(lines.at(-1)).toContain('"change":"removed"')
  const entries = await db
    .selectFrom('audit_entries')
    .select(['actor', 'action'])
    .where('subject_kind', '=', 'mapping')
    .orderBy('id')
    .execute()
  expect(entries[0]).toEqual({ actor: 'system:start', action: 'mapping.activated' })
  expect(entries.slice(1).every((entry) => entry.actor === 'system:reload')).toBe(true)
  expect(entries.at(-1)).toEqual({ actor: 'system:reload', action: 'mapping.removed' })
})

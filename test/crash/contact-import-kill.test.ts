import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { activateMappingFiles } from '../../src/main/index.ts'
import { call } from '../support/conversations.ts'
import type { AtEnd } from '../support/database.ts'
import { ask, plan } from '../support/items.ts'
import { budget, ownMapping, wants } from '../support/own-contacts.ts'
import { startAfterword } from '../support/start-afterword.ts'
import { createWorld, type World } from '../support/world.ts'
import { setGate } from './gate.ts'
import { patience } from './scene.ts'

const slow = { timeout: 90_000 }
const rows = 650
const numberOf = (row: number) => `+1212555${1_000 + row}`
/** Every fiftieth row names nobody, and the last ones name the first people again. */
const isBad = (row: number) => row % 50 === 7
const repeats = 20
const personOf = (row: number) => (row < rows - repeats ? row : row - rows + repeats)
const goodUpTo = (row: number) => Array.from({ length: row }, (_, each) => each).filter((each) => !isBad(each))
const peopleUpTo = (row: number) => new Set(goodUpTo(row).map(personOf)).size

function file(): string {
  const told = Array.from({ length: rows }, (_, row) => {
    const person = personOf(row)
    return `${isBad(row) ? 'nobody' : numberOf(person)},"Person\n${row}",${row},${person === 1 ? 'Basic' : ''}`
  })
  return ['Phone,First,Budget,Plan', ...told].join('\n')
}

/** A world in which three of the people have called before, and the import of a file of them all has been asked for. */
async function openAsked(atEnd: AtEnd) {
  const mappings = await mkdtemp(path.join(tmpdir(), 'afterword-mappings-'))
  atEnd(() => rm(mappings, { recursive: true }))
  const settings = { AFTERWORD_MAPPINGS: mappings, AFTERWORD_LOG_LEVEL: 'error', AFTERWORD_PORT: '0' }
  const world = await createWorld(settings, undefined, atEnd)
  await writeFile(path.join(mappings, 'contacts.yaml'), ownMapping)
  await activateMappingFiles(world)
  await ask(world, plan, budget)
  for (const person of [0, 1, 2]) {
    const turns = wants('Pro', 300)
    await world.take(call({ id: `said_${person}`, at: '2025-04-01T10:00:00Z', number: numberOf(person), turns }))
    await world.rerun(`said_${person}`)
  }
  return {
    world,
    importFile: async () => {
      const { useCases, actor } = world
      const bytes = new Blob([file()]).stream()
      const { uploadId } = await useCases.uploadContacts({ fileName: 'people.csv', bytes })
      const columns = [
        { field: 'phone_number', header: 'Phone' },
        { field: 'first_name', header: 'First' },
        { field: 'highest_budget', header: 'Budget' },
        { field: 'plan_wanted', header: 'Plan' },
      ]
      await useCases.createContactImport({ uploadId, columns, defaultCountry: 'US', tags: ['Fair'], actor })
    },
    startWorker: () => startAfterword('worker', world.environment, atEnd),
  }
}

/** Waits until the import has ended and its edits are decided; tells what is left of it. */
async function remainsOf({ db, useCases }: World) {
  const isOver = async () => {
    const job = await useCases.getContactImport()
    const marks = await db.selectFrom('marks').select('record_id').execute()
    return job?.state !== 'queued' && job?.state !== 'running' && marks.length === 0
  }
  await vi.waitUntil(isOver, patience)
  const contacts = await db
    .selectFrom('contacts')
    .select(['number', 'first_name', 'fields', 'tag_ids'])
    .orderBy('number')
    .execute()
  const tags = new Set(contacts.flatMap((each) => each.tag_ids)).size
  const changes = await db
    .selectFrom('contact_changes')
    .innerJoin('contacts', 'contacts.id', 'contact_id')
    .select(['number', 'field', 'value', 'author', 'actor'])
    .orderBy('number')
    .orderBy('contact_changes.id')
    .execute()
  const entries = await db.selectFrom('audit_entries').select(['action', 'after']).orderBy('id').execute()
  const { state, line, succeeded, failed, problems, why } = (await useCases.getContactImport()) ?? {}
  return {
    contacts: contacts.map(({ tag_ids, ...contact }) => ({ ...contact, tags: tag_ids.length })),
    tags,
    changes,
    entries: entries.filter(({ action }) => action.startsWith('contacts.')),
    uploads: await db.selectFrom('contact_uploads').select('file_name').execute(),
    job: { state, line, succeeded, failed, problems, why },
  }
}

async function runUndisturbed(atEnd: AtEnd) {
  const { world, importFile, startWorker } = await openAsked(atEnd)
  await importFile()
  startWorker()
  return remainsOf(world)
}

const undisturbed = await runUndisturbed(afterAll)

test('left alone: each row once, the last of a number counts, and a person’s edit stands against what was said before', () => {
  const { contacts, job } = undisturbed
  const good = goodUpTo(rows).length
  expect(job).toMatchObject({ state: 'done', succeeded: good, failed: rows - good, why: null })
  expect(contacts).toHaveLength(peopleUpTo(rows))
  const last = rows - repeats
  expect(contacts[0]).toMatchObject({ number: numberOf(0), first_name: `Person\n${last}`, tags: 1 })
  expect(contacts.map(({ fields }) => fields.plan_wanted).slice(0, 4)).toEqual(['Pro', 'Basic', 'Pro', undefined])
  expect(contacts[3]?.fields).toEqual({ highest_budget: last + 3 })
})

const points = {
  // Its rows take two lines each.
  'with a batch written, before it is kept how far it is': {
    table: 'contact_jobs',
    event: 'update',
    when: 'new.line > 900',
    taken: 400,
  },
  'after the last row, before its end is kept': {
    table: 'contact_jobs',
    event: 'update',
    when: `new.state = 'done'`,
    taken: rows,
  },
} as const

for (const [point, { taken, ...place }] of Object.entries(points)) {
  test.concurrent(`a worker killed ${point}: another ends the import as if nothing had been`, slow, async (context) => {
    const { world, importFile, startWorker } = await openAsked(context.onTestFinished)
    const { db, useCases } = world
    const doomed = startWorker()
    const gate = await setGate(world.database.url, place, context.onTestFinished)
    await importFile()
    await vi.waitUntil(gate.isReached, patience)
    await doomed.kill()
    await gate.cutOff()
    // What a batch does and how far it is are kept together, or not at all.
    const { state, succeeded = 0, failed = 0 } = (await useCases.getContactImport()) ?? {}
    expect([state, succeeded + failed]).toEqual(['running', taken])
    const people = await db.selectFrom('contacts').select('id').execute()
    expect(people).toHaveLength(peopleUpTo(taken))

    startWorker()
    expect(await remainsOf(world)).toEqual(undisturbed)
  })
}

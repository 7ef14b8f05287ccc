import { lstat, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { saveMappingFile, watchFolders } from '../../src/mapping/index.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-watch-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Watches, and counts how often something had changed. */
function watching(folders: string[], changed = async () => {}) {
  const seen = { changes: 0, failures: 0 }
  const watch = watchFolders(folders, {
    everyMs: 20,
    changed: async () => {
      seen.changes += 1
      await changed()
    },
    failed: () => {
      seen.failures += 1
    },
  })
  onTestFinished(watch.close)
  return seen
}

test('each kind of save is noticed once: new, changed, renamed over, touched behind a link, deleted', async () => {
  const folder = await newFolder()
  const behind = join(await newFolder(), 'real.yaml')
  await writeFile(behind, 'a: 1')
  await symlink(behind, join(folder, 'link.yaml'))
  const seen = watching([folder])
  await expect.poll(() => seen.changes).toBe(1)
  const path = join(folder, 'a.yaml')
  const saves = [
    () => writeFile(path, 'a: 1'),
    // The same size: only its time tells.
    () => writeFile(path, 'a: 2'),
    async () => {
      await writeFile(join(folder, '.a.yaml.swp'), 'a: 3')
      await rename(join(folder, '.a.yaml.swp'), path)
    },
    () => writeFile(behind, 'a: 4'),
    () => rename(path, join(folder, 'b.yaml')),
    () => rm(join(folder, 'b.yaml')),
    () => rm(folder, { recursive: true }),
    () => mkdir(folder),
  ]
  for (const [index, save] of saves.entries()) {
    await save()
    await expect.poll(() => seen.changes).toBe(index + 2)
  }
  await writeFile(join(folder, 'notes.txt'), 'nothing of ours')
  await sleep(150)
  expect(seen).toEqual({ changes: saves.length + 1, failures: 0 })
})

test('a file that is still being written is left alone until it is still', async () => {
  const folder = await newFolder()
  const read: string[] = []
  const path = join(folder, 'a.yaml')
  watching([folder], async () => {
    read.push(await readFile(path, 'utf8').catch(() => ''))
  })
  await expect.poll(() => read).toEqual([''])
  for (let length = 1; length <= 40; length++) {
    await writeFile(path, 'x'.repeat(length))
    await sleep(5)
  }
  await expect.poll(() => read.at(-1)).toBe('x'.repeat(40))
  expect(read.length).toBeLessThan(10)
})

test('what fails is told, and not again at every look', async () => {
  const seen = watching([await newFolder()], async () => {
    throw new Error('the database is away')
  })
  await expect.poll(() => seen.failures).toBe(1)
  await sleep(200)
  expect(seen.failures).toBe(1)
})

test('a closed watch looks no more', async () => {
  const folder = await newFolder()
  let changes = 0
  const changed = async () => {
    changes += 1
  }
  const watch = watchFolders([folder], { everyMs: 10, changed, failed: () => {} })
  await expect.poll(() => changes).toBe(1)
  await watch.close()
  await writeFile(join(folder, 'a.yaml'), '')
  await sleep(100)
  expect(changes).toBe(1)
})

test('a file is saved whole, with its rights, behind its link; not over what somebody else saved', async () => {
  const folder = await newFolder()
  const real = join(await newFolder(), 'real.yaml')
  await writeFile(real, 'old', { mode: 0o640 })
  const link = join(folder, 'a.yaml')
  await symlink(real, link)
  await saveMappingFile(link, 'old', 'new')
  expect(await readFile(real, 'utf8')).toBe('new')
  const { mode } = await lstat(real)
  expect(mode & 0o777).toBe(0o640)
  await expect(saveMappingFile(link, 'old', 'newer')).rejects.toMatchObject({ code: 'mapping.changed' })
  expect(await readFile(real, 'utf8')).toBe('new')
  await expect(saveMappingFile(join(folder, 'nowhere.yaml'), '', '')).rejects.toMatchObject({ code: 'mapping.file' })
})

test('what an editor leaves beside a file while it is open is no change', async () => {
  const folder = await newFolder()
  const seen = watching([folder])
  await expect.poll(() => seen.changes).toBe(1)
  await symlink('somebody@machine.4711', join(folder, '.#a.yaml'))
  await writeFile(join(folder, '._a.yaml'), 'x')
  await writeFile(join(folder, 'a.yaml'), 'a: 1')
  await expect.poll(() => seen.changes).toBe(2)
  await rm(join(folder, '.#a.yaml'))
  await sleep(200)
  expect(seen.changes).toBe(2)
})

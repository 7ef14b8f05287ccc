import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { remoteContract } from './crm-contract.ts'
import { documentAccount, emptyDocument, failing } from './document/account.ts'
import { fileStore } from './document/file-kind.ts'

const folder = await mkdtemp(join(tmpdir(), 'afterword-file-crm-'))
const path = join(folder, 'people.json')
afterAll(() => rm(folder, { recursive: true }))

remoteContract('A file', async () => {
  await writeFile(path, JSON.stringify(emptyDocument()))
  const { store, fail } = failing(fileStore(path))
  return documentAccount(
    store,
    async (work) => {
      const document = JSON.parse(await readFile(path, 'utf8'))
      const answer = work(document)
      await writeFile(path, JSON.stringify(document))
      return answer
    },
    fail,
    fileStore(join(folder, 'no such file')),
  )
})

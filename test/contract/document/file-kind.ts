import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { CrmKind } from '../../../src/crm/index.ts'
import { AppError } from '../../../src/errors.ts'
import { type Document, writeRows } from './document.ts'
import { createDocumentCrm, type Store } from './document-crm.ts'

/** The document as a file, replaced as a whole. One process at a time writes it: ours. */
export function fileStore(path: string): Store {
  const read = async (): Promise<Document> => {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new AppError('crm.credentials', 'stop', `${path} cannot be read`, { cause })
    })
    return JSON.parse(text)
  }
  return {
    read,
    async write(rows) {
      const document = await read()
      const answers = writeRows(document, rows)
      await writeFile(`${path}.new`, JSON.stringify(document))
      await rename(`${path}.new`, path)
      return answers
    },
  }
}

/** A third kind of connection: a file. This is all that the house has to be told of it. */
export const file: CrmKind = {
  objects: ['people'],
  settings: z.object({ PATH: z.string() }).transform(({ PATH: path }) => async (_deps, connection) => {
    return createDocumentCrm(fileStore(path), { connection, deadlineMs: 5_000 })
  }),
}

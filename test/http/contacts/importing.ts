import { toFile } from 'retell-sdk'
import { expect } from 'vitest'
import { runContactImport } from '../../../src/contacts/index.ts'
import type { World } from '../../support/world.ts'
import type { openContacts } from './open-contacts.ts'

export const columns = (...pairs: [string, string][]) =>
  pairs.map(([field_name, external_field_name]) => ({ field_name, external_field_name }))

export const usual: [string, string][] = [
  ['phone_number', 'Phone'],
  ['first_name', 'First'],
  ['highest_budget', 'Budget'],
]

/** How a test imports files, through the SDK; a worker's part it does itself. */
export function openImporting({ db, next }: World, { retell }: Awaited<ReturnType<typeof openContacts>>) {
  const { contact } = retell
  const deps = { db, next, now: () => new Date() }
  async function upload(text: string | Uint8Array, name = 'people.csv') {
    const { upload_id = '' } = await contact.uploadImportFile({ file: await toFile(Buffer.from(text), name) })
    return upload_id
  }

  /** Uploads and imports a file; tells what it came to. */
  async function importFile(text: string, pairs: [string, string][], more: object = {}) {
    const upload_id = await upload(text)
    const asked = await contact.createImport({ upload_id, column_mapping: columns(...pairs), ...more })
    expect(asked).toMatchObject({ status: 'queued', succeeded: 0, failed: 0, triggered_by: 'manual' })
    await runContactImport(deps)
    const { status, succeeded, failed, ...rest } = await contact.getImport()
    expect(status).toBe('idle')
    return { succeeded, failed, problems: 'problems' in rest ? rest.problems : [] }
  }

  return { deps, upload, importFile }
}

import { join } from 'node:path'
import type { Config } from '../config.ts'

/** The folders with the mapping files that ship: for a connection `main` to HubSpot. Those of other CRMs lie in folders below. */
const shippedMappings = ['mappings'] as const

/** Where backfills are declared to repeat: as it is told, else in the folder that ships, which an installation may lack. */
export function backfillFoldersOf({ backfillFolders }: Pick<Config, 'backfillFolders'>): {
  folders: string[]
  mayLack: boolean
} {
  return { folders: backfillFolders ?? ['backfills'], mayLack: backfillFolders === null }
}

/** Where the mapping files of an installation lie: as it is told, else those that ship; on sandbox vendors those of every CRM. */
export function mappingFoldersOf({ mappingFolders, sandbox }: Pick<Config, 'mappingFolders' | 'sandbox'>): string[] {
  if (mappingFolders !== null) return mappingFolders
  return sandbox ? [...shippedMappings, join(...shippedMappings, 'salesforce')] : [...shippedMappings]
}

import { join } from 'node:path'
import type { Config } from '../config.ts'

/** The folders with the mapping files that ship: for a connection `main` to HubSpot. Those of other CRMs lie in folders below. */
const shippedMappings = ['mappings'] as const

/** Where the mapping files of an installation lie: as it is told, else those that ship; on sandbox vendors those of every CRM. */
export function mappingFoldersOf({ mappingFolders, sandbox }: Pick<Config, 'mappingFolders' | 'sandbox'>): string[] {
  if (mappingFolders !== null) return mappingFolders
  return sandbox ? [...shippedMappings, join(...shippedMappings, 'salesforce')] : [...shippedMappings]
}

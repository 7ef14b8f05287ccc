import { createHash } from 'node:crypto'
import { type AnalysisConfig, configSchema } from './items.ts'

/** SHA-256 of items and model, in hex: the same for the same config however its keys are ordered. Pure. */
export function configHash(config: AnalysisConfig): string {
  // jsonb keeps keys in an order of its own; the schema puts them back into its own.
  return createHash('sha256')
    .update(JSON.stringify(configSchema.parse(config)))
    .digest('hex')
}

import type { SchemaFormat } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Model } from './client.ts'

/** What follows a format that is refused: the provider's parameter with less in it, then none, which nobody can refuse. */
export const nextFormat: Record<SchemaFormat, SchemaFormat | null> = {
  json_schema: 'json_object',
  json_object: 'prompt',
  prompt: null,
}

type Formats = Pick<Model, 'profile' | 'formats' | 'log'>

/** The format in which this model is told the schema now: the profile's, unless it refused that. Pure. */
export function formatFor({ profile, formats }: Formats, model: string): SchemaFormat {
  return formats.get(model) ?? profile.format
}

/**
 * Gives up the format that the provider refused, for this process and model, and says so in the log. True: ask again, there is another
 * one. False where the error is no such refusal, or nothing is left. Twice is safe: calls that were refused together give up one.
 */
export function giveUpFormat(model: Formats, name: string, used: SchemaFormat, error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'model.format_refused') return false
  if (formatFor(model, name) !== used) return true
  const instead = nextFormat[used]
  if (instead === null) return false
  model.formats.set(name, instead)
  model.log?.warn({ model: name, profile: model.profile.name, refused: used, instead }, 'a schema format is refused')
  return true
}

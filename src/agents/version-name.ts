import { z } from 'zod'
import type { AgentVersion } from './version-store.ts'

/**
 * How a version is named: by its number, `latest` (the highest number), or a tag that stands on it (reference/retell.md 1.5). A tag
 * is never `latest` or a number there, so the three cannot be mistaken for each other.
 */
export type VersionName = number | string

const tagsSchema = z.array(z.string())

/** The tags on a version: how a deployment names it. Pure. */
export function tagsOf({ raw }: Pick<AgentVersion, 'raw'>): string[] {
  return tagsSchema.safeParse(raw.assigned_tags).data ?? []
}

/** The number that a name is, or null where it is a tag or `latest`. Pure. */
export function numberNamed(name: VersionName): number | null {
  if (typeof name === 'number') return name
  return /^\d{1,9}$/.test(name) ? Number(name) : null
}

/** The one of these versions (newest first) that is meant; of several with one tag the newest. Pure. */
export function versionNamed(versions: readonly AgentVersion[], name: VersionName): AgentVersion | undefined {
  if (name === 'latest') return versions[0]
  const number = numberNamed(name)
  return versions.find((each) => (number === null ? tagsOf(each).includes(String(name)) : each.version === number))
}

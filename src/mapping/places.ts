import type { Locate } from './locate.ts'
import { readYaml } from './read-yaml.ts'

/** The places of everything in the text of a mapping file, by the path of keys and indexes there. Pure. */
export function placesIn(text: string): Locate {
  return readYaml(text).content?.locate ?? (() => ({ line: 1, column: 1 }))
}

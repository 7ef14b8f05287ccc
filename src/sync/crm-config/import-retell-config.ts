import { importAgents } from '../../agents/index.ts'
import type { Actor } from '../../audit/index.ts'
import type { Db } from '../../db/index.ts'
import type { Kinds } from '../../mapping/index.ts'
import { mappingFromRetell, type Translated } from './mapping-from-retell.ts'

/**
 * Takes over what is configured in the source product: its agents with their items, all or none, and its CRM configuration as mapping
 * files, which are answered and put nowhere: whoever asked looks at them first. Twice is safe. Throws what `importAgents` throws.
 */
export async function importRetellConfig(
  deps: { db: Db; kinds: Kinds },
  { given, connection, actor }: { given: unknown; connection: string; actor: Actor },
): Promise<Translated & { agents: Awaited<ReturnType<typeof importAgents>> }> {
  const translated = mappingFromRetell(given, { connection, kinds: deps.kinds })
  return { agents: await importAgents(deps, { file: given, actor }), ...translated }
}

import { type Db, json, type Trx } from '../../db/index.ts'

/** What no mapping file says; null: never set. */
export type KeptConfig = { contactColumnsOrder: string[] | null; contactMemoryUpdatePrompt: string | null }

export async function selectKept(db: Db | Trx): Promise<KeptConfig> {
  const row = await db.selectFrom('crm_config').selectAll().executeTakeFirst()
  return {
    contactColumnsOrder: row?.contact_columns_order ?? null,
    contactMemoryUpdatePrompt: row?.contact_memory_update_prompt ?? null,
  }
}

export async function upsertKept(
  trx: Trx,
  { contactColumnsOrder, contactMemoryUpdatePrompt }: KeptConfig,
): Promise<void> {
  const row = {
    contact_columns_order: contactColumnsOrder && json(contactColumnsOrder),
    contact_memory_update_prompt: contactMemoryUpdatePrompt,
  }
  await trx
    .insertInto('crm_config')
    .values(row)
    .onConflict((conflict) => conflict.column('is_only').doUpdateSet(row))
    .execute()
}

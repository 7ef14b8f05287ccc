import { sql } from 'kysely'
import type { World } from '../../support/world.ts'

type Counts = Record<string, number>
type LeftOver = Record<'marks' | 'openIntents' | 'pendingContributions' | 'unreadCells', number>

/** How often each field of each record was written, by our ledger and by the CRM's own history. Where all is well they are one. */
export async function writesOf(world: World): Promise<{ inLedger: Counts; inCrm: Counts }> {
  return { inLedger: await inLedger(world), inCrm: tally(inCrm(world)) }
}

/** What a push has left undone: nothing, once nothing waits. */
export async function leftOver({ db }: World): Promise<LeftOver> {
  const { rows } = await sql<LeftOver>`
    select (select count(*)::int from marks) as marks,
      (select count(*)::int from ledger where outcome is null) as "openIntents",
      (select count(*)::int from contributions join links using (conversation_id, mapping)
        where contributions.state = 'pending' and links.record_id is not null) as "pendingContributions",
      (select count(*)::int from record_state, jsonb_each(fields) as cell (field, state)
        where (state -> 'unread')::boolean) as "unreadCells"
  `.execute(db)
  const [row] = rows
  if (!row) throw new Error('a select without a table has one row')
  return row
}

async function inLedger({ db, account }: World): Promise<Counts> {
  const { rows } = await sql<{ cell: string; writes: number }>`
    select external_id || ' ' || change.field as cell, count(*)::int as writes
    from ledger
    join crm_records on crm_records.id = ledger.record_id
    cross join lateral jsonb_to_recordset(ledger.changes) as change (field text)
    where ledger.outcome = 'written' and ledger.connection = ${account.connection}
    group by 1
  `.execute(db)
  return Object.fromEntries(rows.map(({ cell, writes }) => [cell, writes]))
}

/** One line for every entry of the CRM's history that is ours. */
function inCrm({ account, hubspot, salesforce }: World): string[] {
  if (account.kind === 'salesforce')
    return (salesforce.state().records.Contact ?? []).flatMap(({ id, history }) =>
      history.flatMap(({ field, by }) => (by === salesforce.userId ? [`${id} ${field}`] : [])),
    )
  return hubspot.state().contacts.flatMap(({ id, history }) =>
    Object.entries(history).flatMap(([field, entries]) => {
      const ours = entries.filter(({ sourceType, sourceId }) => sourceType === 'INTEGRATION' && sourceId === ownAppId)
      return ours.map(() => `${id} ${field}`)
    }),
  )
}

/** Who we are in the history of the sandbox's portal. */
export const ownAppId = '19083857'

function tally(names: readonly string[]): Counts {
  const counts: Counts = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

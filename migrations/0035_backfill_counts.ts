import { type Kysely, sql } from 'kysely'

/**
 * How many conversations of a backfill came to what: a poll reads some twenty rows instead of every item. Kept by triggers, in the
 * transaction of the items whoever writes them, also where a deleted conversation takes its items along. `outcome` is null while
 * an item is not done. One outcome may have several rows: who finds one locked takes another or begins one, so nobody waits
 * for a counter and no counter takes part in a deadlock; their sum counts.
 */
const statements = [
  `create table backfill_counts (
    id bigint generated always as identity primary key,
    backfill_id bigint not null references backfills (id) on delete cascade,
    outcome text,
    reason text,
    items integer not null,
    cached integer not null,
    cost_usd numeric(16, 8) not null
  )`,
  'create index backfill_counts_backfill on backfill_counts (backfill_id)',
  `insert into backfill_counts (backfill_id, outcome, reason, items, cached, cost_usd)
    select backfill_id, outcome, reason, count(*), count(*) filter (where cached), sum(cost_usd)
    from backfill_items group by backfill_id, outcome, reason`,
  `create function add_to_backfill_counts(of_backfill bigint, of_outcome text, of_reason text, more integer, more_cached integer,
    more_usd numeric) returns void language plpgsql as $$
  begin
    update backfill_counts set items = items + more, cached = cached + more_cached, cost_usd = cost_usd + more_usd
    where id = (
      select id from backfill_counts
      where backfill_id = of_backfill and outcome is not distinct from of_outcome and reason is not distinct from of_reason
      order by id limit 1 for update skip locked
    );
    if found then return; end if;
    insert into backfill_counts (backfill_id, outcome, reason, items, cached, cost_usd)
    select id, of_outcome, of_reason, more, more_cached, more_usd from backfills where id = of_backfill;
  end $$`,
  `create function count_backfill_items() returns trigger language plpgsql as $$
  begin
    if tg_op = 'INSERT' then
      perform add_to_backfill_counts(backfill_id, outcome, reason, count(*)::int, count(*) filter (where cached)::int, sum(cost_usd))
      from items_after group by backfill_id, outcome, reason;
    elsif tg_op = 'DELETE' then
      perform add_to_backfill_counts(backfill_id, outcome, reason, -count(*)::int, -count(*) filter (where cached)::int, -sum(cost_usd))
      from items_before group by backfill_id, outcome, reason;
    else
      perform add_to_backfill_counts(backfill_id, outcome, reason, sum(way)::int, sum(way * cached::int)::int, sum(way * cost_usd))
      from (select *, 1 as way from items_after union all select *, -1 from items_before) as moved
      group by backfill_id, outcome, reason
      having sum(way) <> 0 or sum(way * cached::int) <> 0 or sum(way * cost_usd) <> 0;
    end if;
    return null;
  end $$`,
  `create trigger backfill_items_added after insert on backfill_items
    referencing new table as items_after for each statement execute function count_backfill_items()`,
  `create trigger backfill_items_moved after update on backfill_items
    referencing old table as items_before new table as items_after for each statement execute function count_backfill_items()`,
  `create trigger backfill_items_removed after delete on backfill_items
    referencing old table as items_before for each statement execute function count_backfill_items()`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of ['added', 'moved', 'removed'])
    await sql.raw(`drop trigger backfill_items_${name} on backfill_items`).execute(db)
  await sql.raw('drop function count_backfill_items').execute(db)
  await sql.raw('drop function add_to_backfill_counts').execute(db)
  await sql.raw('drop table backfill_counts').execute(db)
}

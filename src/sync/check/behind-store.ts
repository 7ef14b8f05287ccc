import { sql } from 'kysely'
import { type Db, json } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'

/** What a CRM field still lacks of its rule: nothing of it comes by itself, a backfill brings it. */
export type Behind = {
  path: string
  line: number
  connection: string
  field: string
  /** Records whose value was decided by an older version of the rule. */
  olderRecords: number
  /** Linked conversations that stay out because no run has named them, or an earlier one, for this field. */
  leftOut: number
}

type Wanted = {
  place: number
  mapping: string
  connection: string
  object: string
  field: string
  hash: string
  agents: string[] | null
}

const wantedColumns = sql`(place int, mapping text, connection text, object text, field text, hash text, agents text[])`

/** Of every rule of these mappings that is behind: by how much. Two statements, however many rules and records. */
export async function findBehind(db: Db, mappings: readonly Mapping[]): Promise<Behind[]> {
  const rules = mappings.flatMap(({ name, path, rules }) => rules.map((rule) => ({ name, path, rule })))
  if (rules.length === 0) return []
  const wanted = rules.map(({ name, rule }, place): Wanted => {
    const { connection, object, field, hash, agents } = rule
    return { place, mapping: name, connection, object, field, hash, agents }
  })
  const [older, leftOut] = await Promise.all([countOlder(db, wanted), countLeftOut(db, wanted)])
  return rules.flatMap(({ path, rule }, place) => {
    const counts = { olderRecords: older.get(place) ?? 0, leftOut: leftOut.get(place) ?? 0 }
    if (counts.olderRecords + counts.leftOut === 0) return []
    return [{ path, line: rule.line, connection: rule.connection, field: rule.field, ...counts }]
  })
}

type Counts = Map<number, number>

/** Records whose cell was last decided by a rule that is none of those which write its field now. */
async function countOlder(db: Db, wanted: readonly Wanted[]): Promise<Counts> {
  const { rows } = await sql<{ place: number; count: number }>`
    with wanted as (
      select min(place) as place, connection, object, field, array_agg(hash) as hashes
      from jsonb_to_recordset(${json(wanted)}::jsonb) as w${wantedColumns}
      group by connection, object, field
    )
    select wanted.place, count(*)::int as count
    from wanted
    join crm_records r on r.connection = wanted.connection and r.object = wanted.object
      and r.gone_at is null and r.merged_into is null
    join record_state s on s.record_id = r.id
    where s.fields -> wanted.field ->> 'rule' <> all (wanted.hashes)
    group by wanted.place`.execute(db)
  return new Map(rows.map(({ place, count }) => [place, count]))
}

/**
 * Linked conversations before the earliest one of their record that a run names for the field (ENGINE section 2), whichever rule of the
 * field it named it for. What is deleted or settled is not left out, but begins where it was named. As the timeline does, a mapping
 * that has not looked for a conversation's record itself goes by the links of others.
 */
async function countLeftOut(db: Db, wanted: readonly Wanted[]): Promise<Counts> {
  const { rows } = await sql<{ place: number; count: number }>`
    with linked as (
      select distinct w.place, w.field, w.agents, l.record_id, l.conversation_id
      from jsonb_to_recordset(${json(wanted)}::jsonb) as w${wantedColumns}
      join links l on l.connection = w.connection and l.object = w.object and l.state = 'matched'
      where l.mapping = w.mapping or not exists (
        select from links own where own.conversation_id = l.conversation_id and own.mapping = w.mapping
      )
    ),
    spoken as (
      select linked.*, c.agent_id, c.sealed_until is null as is_there, c.spoken_at as at,
        coalesce(c.started_at, c.spoken_at) as started_at, c.id, exists (
          select from contributions k
          join links l on l.conversation_id = k.conversation_id and l.mapping = k.mapping
            and l.record_id = linked.record_id
          join runs on runs.id = k.run_id and runs.undone_by is null
          where k.conversation_id = linked.conversation_id and k.state not in ('held', 'undone')
            and k.vals -> linked.field ->> 'says' <> 'silent'
        ) as is_named
      from linked
      join conversations c on c.id = linked.conversation_id
      union all
      select null, e.field, null, e.record_id, null, null, false, e.at, e.started_at, e.place, true
      from field_events e
      where e.kind = 'settled' and (e.record_id, e.field) in (select record_id, field from linked) and exists (
        select from jsonb_array_elements(e.releases) as release
        join runs on runs.id = (release ->> 'runId')::bigint and runs.undone_by is null
      )
    ),
    named as (
      select place, is_there and (agents is null or agent_id = any (agents)) as is_heard,
        bool_or(is_named) over (partition by record_id, field order by at, started_at, id collate "C") as is_in
      from spoken
    )
    select place, count(*)::int as count from named where is_heard and not is_in group by place`.execute(db)
  return new Map(rows.map(({ place, count }) => [place, count]))
}

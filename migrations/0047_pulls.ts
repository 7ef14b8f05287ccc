import { type Kysely, sql } from 'kysely'

/** How far the history of each account of the source product is read, and whose word each version of an agent is. */
const statements = [
  `create table pulls (
    account text not null,
    kind text not null check (kind in ('call', 'chat')),
    -- What began before is read, and nothing of it is still to come.
    read_to timestamptz,
    -- What ended before is history: nobody waits for an analysis of it.
    live_from timestamptz not null default now(),
    due_at timestamptz not null default '-infinity',
    primary key (account, kind)
  )`,
  `alter table agent_versions
    -- stand_in: nobody has told us yet what the agent extracts. pulled: as its vendor has it, and edited by nobody here.
    add column origin text not null default 'own' check (origin in ('own', 'stand_in', 'pulled'))`,
  // By what a version hands conversations to other agents. Apart from it: a published one is frozen, and this may be learnt later.
  `create table agent_swaps (
    agent_id text not null,
    version integer not null,
    swaps jsonb not null,
    primary key (agent_id, version),
    foreign key (agent_id, version) references agent_versions (agent_id, version) on delete cascade
  )`,
  `update agent_versions set origin = 'stand_in' from agents
    where agents.id = agent_id and version = 0 and raw = '{}' and published_at is null and updated_at = created_at`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    'drop table agent_swaps',
    'alter table agent_versions drop column origin',
    'drop table pulls',
  ])
    await sql.raw(statement).execute(db)
}

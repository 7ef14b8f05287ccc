import { type Kysely, sql } from 'kysely'

/**
 * The tables that are dear to change later. One statement per table, in the order of the rooms.
 * Everything personal hangs on a conversation, a contact or a record by `on delete cascade`: erasing is one delete.
 */
const statements = [
  // What was decided, extracted and written is history: its rows are added and erased, never rewritten.
  `create function refuse_rewrite() returns trigger language plpgsql as $$
  begin
    raise exception '% is append-only', tg_table_name using errcode = 'check_violation', constraint = tg_name;
  end $$`,

  // audit: who decided what. The id of a run orders runs, and so decides which of two analyses is the newer word.
  `create table runs (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('intake', 'rerun', 'backfill', 'correction', 'undo', 'import', 'activation')),
    actor text not null,
    reason text not null,
    undoes bigint references runs (id),
    undone_by bigint references runs (id),
    -- Hashes of the mapping files it decides with; null = those active when it decides.
    mapping_files text[],
    started_at timestamptz not null default now()
  )`,
  `create table audit_entries (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    action text not null,
    subject_kind text not null,
    subject_id text not null,
    run_id bigint references runs (id),
    before jsonb,
    after jsonb
  )`,
  'create trigger audit_entries_append_only before update on audit_entries for each row execute function refuse_rewrite()',
  'create index audit_entries_subject on audit_entries (subject_kind, subject_id, id desc)',
  'create index audit_entries_at on audit_entries using brin (at)',

  // limits: a bucket is one rate shared by all processes (GCRA: tat is the theoretical arrival time).
  `create unlogged table buckets (
    bucket text primary key,
    tat timestamptz not null,
    not_before timestamptz not null default '-infinity'
  )`,

  // crm
  `create table connections (
    name text primary key,
    kind text not null,
    account text,
    own_app_id text,
    imported_at timestamptz,
    scan_cursor text,
    created_at timestamptz not null default now()
  )`,
  `create table crm_schemas (
    connection text not null references connections (name),
    object text not null,
    fields jsonb not null,
    read_at timestamptz not null default now(),
    primary key (connection, object)
  )`,

  // agents
  `create table agents (
    id text primary key,
    kind text not null check (kind in ('call', 'chat')),
    name text,
    created_at timestamptz not null default now()
  )`,
  `create table agent_versions (
    agent_id text not null references agents (id) on delete cascade,
    version integer not null check (version >= 0),
    base_version integer,
    config jsonb not null,
    config_hash text not null,
    raw jsonb not null default '{}',
    published_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (agent_id, version)
  )`,
  `create function freeze_published_version() returns trigger language plpgsql as $$
  begin
    if old.published_at is not null then
      raise exception 'version % of agent % is published and frozen', old.version, old.agent_id
        using errcode = 'check_violation', constraint = 'agent_versions_published_frozen';
    end if;
    return new;
  end $$`,
  `create trigger agent_versions_published_frozen before update on agent_versions
    for each row execute function freeze_published_version()`,
  // A config by its content: what a plan froze and what an analysis used stays readable for good.
  `create table analysis_configs (
    hash text primary key,
    config jsonb not null,
    created_at timestamptz not null default now()
  )`,

  // contacts: a person, and the CRM records that are them.
  `create table contacts (
    id bigint generated always as identity primary key,
    number text unique,
    email text,
    first_name text,
    last_name text,
    do_not_call boolean not null default false,
    fields jsonb not null default '{}',
    created_at timestamptz not null default now()
  )`,
  `create table crm_records (
    id bigint generated always as identity primary key,
    connection text not null references connections (name),
    object text not null,
    external_id text not null,
    contact_id bigint references contacts (id) on delete set null,
    merged_into bigint references crm_records (id),
    gone_at timestamptz,
    imported_at timestamptz not null default now(),
    unique (connection, object, external_id)
  )`,
  'create index crm_records_contact on crm_records (contact_id)',
  // Who held a number or an e-mail, from when to when; an open end reads as "as long as we know".
  `create table crm_record_keys (
    record_id bigint not null references crm_records (id) on delete cascade,
    connection text not null,
    object text not null,
    kind text not null check (kind in ('number', 'email')),
    key text not null,
    property text not null,
    held_from timestamptz not null default '-infinity',
    held_to timestamptz not null default 'infinity',
    primary key (record_id, kind, key, property, held_from)
  )`,
  'create index crm_record_keys_key on crm_record_keys (connection, object, kind, key)',

  // conversations
  `create table conversations (
    id text primary key,
    kind text not null check (kind in ('call', 'chat')),
    agent_id text not null references agents (id),
    agent_version integer,
    type text,
    status text not null,
    direction text check (direction in ('inbound', 'outbound')),
    from_number text,
    to_number text,
    contact_number text,
    contact_id bigint references contacts (id) on delete set null,
    disconnection_reason text,
    started_at timestamptz,
    ended_at timestamptz,
    spoken_at timestamptz not null,
    received_at timestamptz not null default now(),
    duration_ms bigint,
    metadata jsonb not null default '{}',
    variables jsonb not null default '{}',
    raw jsonb not null default '{}',
    content_hash text not null
  )`,
  'create index conversations_started on conversations (started_at desc, id)',
  'create index conversations_agent on conversations (agent_id, started_at)',
  'create index conversations_contact on conversations (contact_id, spoken_at)',
  'create index conversations_status on conversations (status, started_at)',
  'create index conversations_reason on conversations (disconnection_reason, started_at)',
  'create index conversations_from on conversations (from_number)',
  'create index conversations_to on conversations (to_number)',
  'create index conversations_contact_number on conversations (contact_number)',
  'create index conversations_metadata on conversations using gin (metadata jsonb_path_ops)',
  `create table transcripts (
    conversation_id text primary key references conversations (id) on delete cascade,
    turns jsonb not null,
    words jsonb
  )`,

  // model: written before a call is made, so that spend after a crash is visible.
  `create table attempts (
    id bigint generated always as identity primary key,
    purpose text not null,
    conversation_id text references conversations (id) on delete cascade,
    run_id bigint references runs (id),
    model text not null,
    state text not null check (state in ('started', 'ended')),
    outcome text,
    request_id text,
    input_tokens integer,
    cached_tokens integer,
    output_tokens integer,
    cost_usd numeric(14, 8),
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    check ((state = 'ended') = (outcome is not null))
  )`,
  `create index attempts_open on attempts (started_at) where state = 'started'`,
  'create index attempts_run on attempts (run_id)',
  'create index attempts_at on attempts using brin (started_at)',

  // analysis: append-only, numbered per conversation, one of them current.
  `create table analyses (
    id bigint generated always as identity primary key,
    conversation_id text not null references conversations (id) on delete cascade,
    number integer not null,
    run_id bigint not null references runs (id),
    kept_at timestamptz,
    current boolean not null default false,
    request_hash text not null,
    config_hash text not null references analysis_configs (hash),
    agent_version integer,
    engine text not null,
    model text not null,
    outcome text not null check (outcome in ('ok', 'refused', 'filtered', 'truncated', 'invalid', 'empty', 'transport')),
    fields jsonb not null default '{}',
    successful boolean,
    sentiment text,
    started_at timestamptz,
    attempt_id bigint references attempts (id) on delete set null,
    cost_usd numeric(14, 8) not null default 0,
    created_at timestamptz not null default now(),
    unique (conversation_id, number),
    check (not current or (kept_at is not null and outcome = 'ok'))
  )`,
  `create trigger analyses_append_only
    before update of conversation_id, number, request_hash, config_hash, engine, model, outcome, fields on analyses
    for each row execute function refuse_rewrite()`,
  'create unique index analyses_current on analyses (conversation_id) where current',
  'create index analyses_request on analyses (conversation_id, request_hash)',
  'create index analyses_run on analyses (run_id)',
  'create index analyses_sentiment on analyses (sentiment, started_at) where current',
  'create index analyses_successful on analyses (successful, started_at) where current',
  'create index analyses_fields on analyses using gin (fields jsonb_path_ops) where current',
  // A person's word on one item of one conversation. It stands until its run is undone.
  `create table corrections (
    conversation_id text not null references conversations (id) on delete cascade,
    item text not null,
    run_id bigint not null references runs (id),
    value jsonb not null,
    actor text not null,
    at timestamptz not null default now(),
    primary key (conversation_id, item, run_id)
  )`,

  // sync
  `create table mapping_files (
    hash text primary key,
    path text not null,
    text text not null,
    active boolean not null,
    activated_at timestamptz not null default now()
  )`,
  'create unique index mapping_files_active on mapping_files (path) where active',
  // Every version a rule ever had, by content: what was released is pushed and undone with the version it was released under.
  `create table rules (
    hash text primary key,
    mapping text not null,
    connection text not null,
    object text not null,
    field text not null,
    definition jsonb not null,
    file_hash text not null references mapping_files (hash),
    line integer not null,
    first_active_at timestamptz not null default now()
  )`,
  'create index rules_cell on rules (connection, object, field)',
  `create table links (
    conversation_id text not null references conversations (id) on delete cascade,
    mapping text not null,
    connection text not null,
    object text not null,
    state text not null check (state in ('matched', 'none', 'parked')),
    record_id bigint references crm_records (id) on delete cascade,
    step text,
    candidates bigint[] not null default '{}',
    made_at timestamptz not null default now(),
    primary key (conversation_id, mapping),
    check ((state = 'matched') = (record_id is not null))
  )`,
  'create index links_record on links (record_id)',
  `create index links_unmatched on links (mapping) where state <> 'matched'`,
  // One row per batch of a pusher: what it cost the CRM in calls.
  `create table pushes (
    id uuid primary key,
    connection text not null,
    records integer not null,
    read_calls integer not null default 0,
    history_calls integer not null default 0,
    write_calls integer not null default 0,
    started_at timestamptz not null default now()
  )`,
  // What one analysis says to every rule of one mapping, released (or held) by one run.
  `create table contributions (
    id bigint generated always as identity primary key,
    conversation_id text not null references conversations (id) on delete cascade,
    mapping text not null,
    connection text not null,
    analysis_id bigint not null references analyses (id) on delete cascade,
    run_id bigint not null references runs (id),
    vals jsonb not null,
    state text not null check (state in ('held', 'pending', 'current', 'superseded', 'undone')),
    decisions jsonb,
    push_id uuid references pushes (id),
    created_at timestamptz not null default now(),
    decided_at timestamptz,
    unique (conversation_id, mapping, run_id)
  )`,
  `create index contributions_run_open on contributions (run_id) where state in ('held', 'pending')`,
  'create index contributions_run on contributions (run_id)',
  'create index contributions_analysis on contributions (analysis_id)',
  // Per cell: sent (what we last intended), landed (what it became there), seen (what we last read and classified).
  `create table record_state (
    record_id bigint primary key references crm_records (id) on delete cascade,
    fields jsonb not null default '{}',
    updated_at timestamptz not null default now()
  )`,
  `create table field_events (
    record_id bigint not null references crm_records (id) on delete cascade,
    field text not null,
    kind text not null check (kind in ('base', 'edited', 'settled')),
    at timestamptz not null,
    value jsonb not null,
    author text check (author in ('person', 'automation', 'import', 'unknown')),
    source text,
    at_latest boolean not null default false,
    noticed_at timestamptz not null default now(),
    primary key (record_id, field, kind, at)
  )`,
  // Push this record again. A mark that moved on (seq) since a pusher took it stays.
  `create table marks (
    connection text not null,
    record_id bigint not null references crm_records (id) on delete cascade,
    seq bigint not null,
    priority integer not null default 0,
    not_before timestamptz not null default '-infinity',
    reason text not null,
    -- The newest run that wants the push, where one does: what is written carries its id.
    run_id bigint references runs (id),
    at timestamptz not null default now(),
    primary key (connection, record_id)
  )`,
  'create sequence marks_seq',
  'create index marks_order on marks (connection, priority desc, seq)',
  // What we wrote: one row per record per push. No outcome yet = an intent. Append-only, except erasure.
  `create table ledger (
    id bigint generated always as identity primary key,
    push_id uuid not null references pushes (id),
    connection text not null,
    record_id bigint not null references crm_records (id) on delete cascade,
    run_id bigint references runs (id),
    changes jsonb not null,
    outcome text check (outcome in ('written', 'rejected', 'missing', 'unsent')),
    detail jsonb,
    intended_at timestamptz not null default now(),
    answered_at timestamptz
  )`,
  `create trigger ledger_append_only before update of push_id, connection, record_id, run_id, changes, intended_at on ledger
    for each row execute function refuse_rewrite()`,
  'create index ledger_record on ledger (record_id, id desc)',
  'create index ledger_run on ledger (run_id)',
  'create index ledger_intents on ledger (connection) where outcome is null',

  // backfill: a planned backfill is a frozen plan; its items are its frozen selection.
  `create table backfills (
    id bigint generated always as identity primary key,
    run_id bigint references runs (id),
    state text not null check (state in ('planned', 'running', 'paused', 'done', 'cancelled')),
    actor text not null,
    reason text not null,
    filter jsonb not null,
    frozen jsonb not null,
    estimate jsonb not null,
    concurrency integer not null default 32 check (concurrency between 1 and 256),
    created_at timestamptz not null default now(),
    started_at timestamptz,
    ended_at timestamptz,
    check ((state = 'planned') = (run_id is null))
  )`,
  `create table backfill_items (
    backfill_id bigint not null references backfills (id) on delete cascade,
    seq integer not null,
    conversation_id text not null references conversations (id) on delete cascade,
    contact_key text not null,
    state text not null default 'open' check (state in ('open', 'claimed', 'done')),
    outcome text,
    reason text,
    cached boolean not null default false,
    cost_usd numeric(14, 8) not null default 0,
    claimed_by text,
    done_at timestamptz,
    primary key (backfill_id, seq),
    unique (backfill_id, conversation_id),
    check ((state = 'done') = (outcome is not null)),
    check ((state = 'claimed') = (claimed_by is not null))
  )`,
  `create index backfill_items_open on backfill_items (backfill_id, seq) where state = 'open'`,
  `create index backfill_items_claimed on backfill_items (claimed_by) where state = 'claimed'`,
  'create index backfill_items_contact on backfill_items (backfill_id, contact_key)',

  // http
  `create table api_keys (
    id bigint generated always as identity primary key,
    name text not null unique,
    hash text not null unique,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
  )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const tables =
  'api_keys backfill_items backfills ledger marks field_events record_state contributions pushes links rules mapping_files ' +
  'corrections analyses attempts transcripts conversations crm_record_keys crm_records contacts analysis_configs ' +
  'agent_versions agents crm_schemas connections buckets audit_entries runs'

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of tables.split(' ')) await sql.raw(`drop table ${table}`).execute(db)
  await sql.raw('drop sequence marks_seq').execute(db)
  await sql.raw('drop function freeze_published_version').execute(db)
  await sql.raw('drop function refuse_rewrite').execute(db)
}

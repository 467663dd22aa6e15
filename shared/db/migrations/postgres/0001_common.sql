-- What every service keeps beside its own records. Same names and columns as migrations/sqlite/0001_common.sql.

-- Journal entries (审计日志) written with the change they tell of, waiting for the sealer.
create table journal_pending (
    arrival bigint generated always as identity primary key, -- order in which transactions wrote; not yet a position
    entry_id text not null,                                  -- unique id of the entry (UUID)
    at bigint not null,                                      -- when the change was made, microseconds UTC
    account text not null,                                   -- who made it
    method text not null,                                    -- the call
    request_id text not null,                                -- the caller's request id
    kind text collate "C" not null,                          -- what happened, such as target.approved
    subject text collate "C" not null,                       -- resource name of the record changed
    region text collate "C",                                 -- region code (财政区划) of the subject, null where it has none
    unit text collate "C",                                   -- unit code (单位代码) of the subject, null where it has none
    payload text not null,                                   -- the change as JSON
    reason text not null                                     -- the reason given by the person, empty where none was
);

-- The sealed journal: gapless, chained, never altered.
create table journal_entry (
    position bigint primary key, -- gapless from 1, given to committed entries only
    entry_id text not null,      -- as in journal_pending, down to reason
    at bigint not null,
    account text not null,
    method text not null,
    request_id text not null,
    kind text collate "C" not null,
    subject text collate "C" not null,
    region text collate "C",
    unit text collate "C",
    payload text not null,
    reason text not null,
    sealed_at bigint not null,   -- when the position was given, microseconds UTC
    previous_hash text not null, -- hash of the entry before, 64 zeros for the first
    hash text not null           -- SHA-256 over previous_hash and every column above, hex
);
create index journal_entry_by_subject on journal_entry (subject, position);
create index journal_entry_by_kind on journal_entry (kind, position);

create function journal_entry_refuses_change() returns trigger language plpgsql as $$
begin
    raise exception 'journal_entry is append-only' using errcode = 'restrict_violation';
end
$$;
create trigger journal_entry_refuses_change before update or delete or truncate on journal_entry
for each statement execute function journal_entry_refuses_change();

-- First answers of mutating calls: a repeat gets the same answer, on every replica.
create table request_log (
    account text not null,    -- who called
    request_id text not null, -- the caller's request id
    method text not null,     -- the call
    digest text not null,     -- digest of the request: the same id with another body is refused
    answer bytea,             -- encoded answer, null while its transaction runs
    at bigint not null,       -- when it was claimed, microseconds UTC
    primary key (account, request_id)
);

-- Values all replicas of the service share.
create table service_secret (
    name text collate "C" primary key, -- which value
    value bytea not null               -- the first one offered
);

-- when the baseline was approved, so that a gate need not read what it does not ask
alter table target add column approved_at bigint;  -- microseconds since 1970 UTC; null while no version is approved
update target set approved_at = (
    select max(target_version.updated_at) from target_version where target_version.target = target.name
);

-- last day of the open step of the review chain (审核流程)
alter table target add column review_due text;  -- YYYY-MM-DD; null while nobody's turn is limited
create index target_by_review_due on target (review_due);

-- delegates of reviewers (委托审核)
create table review_delegation (
    name text primary key,       -- regions/640323000/reviewDelegations/D1
    version bigint not null,     -- counts saves; the etag
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    unit text not null,          -- unit code, three digits a level; empty for the whole region
    delegate text not null,      -- account that decides
    stage text not null,         -- whose turn it is otherwise
    state text not null,         -- standing or revoked
    to_date text not null        -- last day, YYYY-MM-DD
);
create index review_delegation_by_delegate on review_delegation (delegate);

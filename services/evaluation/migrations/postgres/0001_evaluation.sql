-- one evaluation of one object (评价任务)
create table evaluation_task (
    name text collate "C" primary key,         -- regions/640323000/years/2021/evaluationTasks/S-P001
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON, with the scorecard
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text collate "C" not null,          -- region code, 9 digits
    unit text collate "C" not null,            -- unit code of the object, three digits a level
    year bigint not null,          -- budget year
    kind text not null,            -- who evaluates
    state text not null,           -- where it stands
    grade text,                    -- once scored
    object text collate "C" not null,          -- project or organization evaluated
    evaluator text collate "C" not null,       -- organization that evaluates; empty until drawn
    amount_fen bigint not null,    -- money involved
    executed_fen bigint            -- executed at scoring
);
create index evaluation_task_by_scope on evaluation_task (region, unit);
create index evaluation_task_by_year on evaluation_task (year, kind, state);
create index evaluation_task_by_object on evaluation_task (object);
create index evaluation_task_by_evaluator on evaluation_task (evaluator, state);

-- third-party institutions in the pool (第三方机构库)
create table institution (
    name text collate "C" primary key,         -- regions/640323000/institutions/901
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text collate "C" not null,          -- region code, 9 digits
    unit text collate "C" not null,            -- its own organization code
    state text not null            -- applied, admitted or suspended
);
create index institution_by_scope on institution (region, unit);

-- draws from the pool (抽取), never changed
create table draw (
    name text collate "C" primary key,         -- regions/640323000/years/2021/draws/D1
    version bigint not null,       -- counts saves; always 1
    body text not null,            -- the record as JSON: seed, pool, recusals, result
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text collate "C" not null,          -- region code, 9 digits
    unit text collate "C" not null,            -- unit code of the task's object
    task text collate "C" not null             -- the task it was made for
);
create index draw_by_scope on draw (region, unit);
create unique index draw_by_task on draw (task);

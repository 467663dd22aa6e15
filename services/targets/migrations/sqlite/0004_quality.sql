-- quality of the targets of a region and year (目标质量体检)
create table quality_run (
    name text primary key,       -- regions/640323000/years/2021/qualityRuns/Q1
    version bigint not null,     -- counts saves; the etag
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    year bigint not null,        -- budget year
    state text not null,         -- running, finished or cancelled
    not_before bigint not null   -- begins then, microseconds since 1970 UTC; 0 for at once
);
create index quality_run_by_state on quality_run (state);

-- what a run counted by unit
create table quality_statistic (
    name text primary key,       -- regions/640323000/years/2021/qualityRuns/Q1/statistics/640323000-219001
    version bigint not null,     -- counts saves; the etag
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    unit text not null           -- unit code, three digits a level
);

-- what a run found in a target
create table quality_report (
    name text primary key,       -- regions/640323000/years/2021/qualityRuns/Q1/reports/640323000-T001
    version bigint not null,     -- counts saves; the etag
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    unit text not null           -- unit code, three digits a level
);

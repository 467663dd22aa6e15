-- the project library (项目库)
create table project (
    name text primary key,         -- regions/640323000/years/2021/projects/P001
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text not null,          -- region code, 9 digits
    unit text not null,            -- unit code, three digits a level
    year bigint not null,          -- budget year
    code text not null,            -- project code (项目代码)
    fund_kind text not null,       -- 资金性质
    state text not null,           -- stored, in_budget or refused
    request_fen bigint not null,   -- 申报金额, fen
    approved_fen bigint not null,  -- 年初批复金额, fen
    added_fen bigint not null      -- 年中追加金额, fen
);
create index project_by_scope on project (region, unit, year);
create index project_by_code on project (region, code, year);

-- ex-ante assessments (事前绩效评估)
create table ex_ante_assessment (
    name text primary key,       -- regions/640323000/years/2021/exAnteAssessments/E1
    version bigint not null,     -- counts saves; the etag
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    unit text not null,          -- unit code, three digits a level
    year bigint not null,        -- budget year
    project text not null,       -- name of the project
    state text not null,         -- draft or concluded
    grade text,                  -- once concluded
    cut_fen bigint not null      -- 核减金额, fen
);
create index ex_ante_assessment_by_scope on ex_ante_assessment (region, unit, year);
create index ex_ante_assessment_by_project on ex_ante_assessment (project);

-- performance targets (绩效目标), the version being worked on
create table target (
    name text primary key,             -- regions/640323000/years/2021/targets/T001
    version bigint not null,           -- counts saves; the etag
    body text not null,                -- the record as JSON
    created_at bigint not null,        -- microseconds since 1970 UTC
    updated_at bigint not null,        -- microseconds since 1970 UTC
    region text not null,              -- region code, 9 digits
    unit text not null,                -- unit code, three digits a level
    year bigint not null,              -- budget year
    object_kind text not null,         -- what it is about
    object text not null,              -- name of the project or organization
    state text not null,               -- where it stands
    target_version bigint not null,    -- version being worked on
    approved_version bigint not null,  -- the baseline; 0 if none
    budget_fen bigint not null         -- money declared with it, fen
);
create index target_by_scope on target (region, unit, year);
create index target_by_object on target (object);

-- approved versions (批复版本) as they were
create table target_version (
    name text primary key,          -- regions/640323000/years/2021/targets/T001/versions/1
    version bigint not null,        -- counts saves; the etag
    body text not null,             -- the record as JSON
    created_at bigint not null,     -- microseconds since 1970 UTC
    updated_at bigint not null,     -- microseconds since 1970 UTC
    region text not null,           -- region code, 9 digits
    unit text not null,             -- unit code, three digits a level
    year bigint not null,           -- budget year
    target text not null,           -- name of the target
    target_version bigint not null  -- number of the version
);
create index target_version_by_target on target_version (target, target_version);

-- mid-year additions (年中追加)
create table addition (
    name text primary key,       -- regions/640323000/years/2021/additions/A1
    version bigint not null,     -- counts saves; the etag
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    unit text not null,          -- unit code, three digits a level
    year bigint not null,        -- budget year
    project text not null,       -- name of the project
    target text not null,        -- name of the target filed with it
    state text not null,         -- filed or approved
    amount_fen bigint not null   -- 追加金额, fen
);
create index addition_by_scope on addition (region, unit, year);
create index addition_by_project on addition (project);

-- filing holds (申报限制)
create table hold (
    name text primary key,       -- regions/640323000/years/2022/holds/H1
    version bigint not null,     -- counts saves; the etag
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    unit text not null,          -- unit code, three digits a level
    year bigint not null,        -- first budget year it blocks
    project_code text not null,  -- project code it stands on
    state text not null          -- standing or released
);
create index hold_by_scope on hold (region, unit, year);
create index hold_by_code on hold (project_code);

-- names of indicators in use, to tell generic ones (泛指标化)
create table indicator_name (
    target text not null,       -- name of the target
    name text not null,         -- the name, without spaces, marks and the project's own name
    region text not null,       -- region code, 9 digits
    year bigint not null,       -- budget year
    primary key (target, name)  -- each name once a target
);
create index indicator_name_by_year on indicator_name (region, year, name);

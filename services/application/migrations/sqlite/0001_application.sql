-- results fed back to the responsible unit (结果反馈)
create table feedback (
    name text primary key,                   -- regions/640323000/years/2021/feedbacks/F1
    version bigint not null,                 -- counts saves; the etag
    body text not null,                      -- the record as JSON
    created_at bigint not null,              -- microseconds since 1970 UTC
    updated_at bigint not null,              -- microseconds since 1970 UTC
    region text not null,                    -- region code, 9 digits
    unit text not null,                      -- responsible unit
    year bigint not null,                    -- budget year evaluated
    task text not null                       -- evaluation fed back
);
create index feedback_by_scope on feedback (region, unit);
create unique index feedback_by_task on feedback (task);

-- problems to be put right (整改事项)
create table rectification (
    name text primary key,                   -- regions/640323000/years/2021/rectifications/F1-1
    version bigint not null,                 -- counts saves; the etag
    body text not null,                      -- the record as JSON
    created_at bigint not null,              -- microseconds since 1970 UTC
    updated_at bigint not null,              -- microseconds since 1970 UTC
    region text not null,                    -- region code, 9 digits
    unit text not null,                      -- responsible unit
    year bigint not null,                    -- budget year evaluated
    state text not null                      -- issued, planned, progressing, closed
);
create index rectification_by_scope on rectification (region, unit);

-- runs of the linkage rules (结果挂钩)
create table linkage_run (
    name text primary key,                   -- regions/640323000/years/2021/linkageRuns/L1
    version bigint not null,                 -- counts saves; the etag
    body text not null,                      -- the record as JSON
    created_at bigint not null,              -- microseconds since 1970 UTC
    updated_at bigint not null,              -- microseconds since 1970 UTC
    region text not null,                    -- region code, 9 digits
    year bigint not null,                    -- budget year evaluated
    state text not null                      -- proposed, applied
);
create index linkage_run_by_region on linkage_run (region);

-- one proposal for each project of a run (挂钩建议)
create table linkage_proposal (
    name text primary key,                   -- regions/640323000/years/2021/linkageProposals/L1-P001
    version bigint not null,                 -- counts saves; the etag
    body text not null,                      -- the record as JSON
    created_at bigint not null,              -- microseconds since 1970 UTC
    updated_at bigint not null,              -- microseconds since 1970 UTC
    region text not null,                    -- region code of the project
    unit text not null,                      -- unit of the project
    year bigint not null,                    -- budget year evaluated
    run text not null,                       -- linkage run
    project text not null,                   -- project
    action text not null,                    -- decided, or proposed while undecided
    cut_fen bigint not null,                 -- cut in fen: decided, or proposed while undecided
    decided bigint not null,                 -- 1 once a person has decided
    state text not null                      -- proposed, decided, applied
);
create index linkage_proposal_by_scope on linkage_proposal (region, unit);
create index linkage_proposal_by_run on linkage_proposal (run);
create index linkage_proposal_by_project on linkage_proposal (project);

-- explanations owed for missed targets (未完成目标说明)
create table unmet_explanation (
    name text primary key,                   -- regions/640323000/years/2021/unmetExplanations/P001
    version bigint not null,                 -- counts saves; the etag
    body text not null,                      -- the record as JSON
    created_at bigint not null,              -- microseconds since 1970 UTC
    updated_at bigint not null,              -- microseconds since 1970 UTC
    region text not null,                    -- region code of the project
    unit text not null,                      -- unit of the project
    year bigint not null,                    -- budget year of the missed target
    state text not null                      -- required, filed, accepted
);
create index unmet_explanation_by_scope on unmet_explanation (region, unit);

-- published texts (信息公开)
create table disclosure (
    name text primary key,                   -- regions/640323000/years/2021/disclosures/D1
    version bigint not null,                 -- counts saves; the etag
    body text not null,                      -- the record as JSON
    created_at bigint not null,              -- microseconds since 1970 UTC
    updated_at bigint not null,              -- microseconds since 1970 UTC
    region text not null,                    -- region code, 9 digits
    year bigint not null,                    -- budget year
    kind text not null                       -- target, self_evaluation, evaluation, linkage, annual_report
);
create index disclosure_by_region on disclosure (region);

-- annual reports with their figures (年度报告)
create table annual_report (
    name text primary key,                   -- regions/640323000/years/2021/annualReports/R1
    version bigint not null,                 -- counts saves; the etag
    body text not null,                      -- the record as JSON
    created_at bigint not null,              -- microseconds since 1970 UTC
    updated_at bigint not null,              -- microseconds since 1970 UTC
    region text not null,                    -- region code, 9 digits
    year bigint not null                     -- budget year reported
);
create index annual_report_by_region on annual_report (region);

-- the frozen rows behind each figure of a report
create table figure_row (
    report text not null,                    -- regions/640323000/years/2021/annualReports/R1
    figure text not null,                    -- e.g. linkage.cut_total
    ordinal bigint not null,                 -- from 1, in subject order
    subject text not null,                   -- resource name of the record counted
    title text not null,                     -- as printed
    unit text not null,                      -- unit code; may be empty
    value_fen bigint,                        -- what the row adds, in fen; null where it only counts
    detail text not null,                    -- e.g. the grade
    note text not null,                      -- where the amount comes from, e.g. 示意数
    primary key (report, figure, ordinal)
);

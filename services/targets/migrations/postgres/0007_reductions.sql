-- mid-year reductions (年中追减)
create table reduction (
    name text collate "C" primary key,  -- regions/640323000/years/2021/reductions/R1
    version bigint not null,            -- counts saves; the etag
    body text not null,                 -- the record as JSON
    created_at bigint not null,         -- microseconds since 1970 UTC
    updated_at bigint not null,         -- microseconds since 1970 UTC
    region text collate "C" not null,   -- region code, 9 digits
    unit text collate "C" not null,     -- unit code, three digits a level
    year bigint not null,               -- budget year
    project text collate "C" not null,  -- name of the project
    state text not null,                -- filed or approved
    amount_fen bigint not null          -- 追减金额, fen, above 0
);
create index reduction_by_scope on reduction (region, unit, year);
create index reduction_by_project on reduction (project);

-- what reductions took from a project
alter table project add column reduced_fen bigint not null default 0;  -- 年中追减金额, fen

-- made anew: this one below, the other by the next migration
drop view assessed_project;
drop view listed_target;

-- names and codes are compared as bytes, as everywhere: no rules of a language for each step down an index
alter table target alter column object type text collate "C";
alter table ex_ante_assessment alter column project type text collate "C";
alter table addition alter column project type text collate "C";
alter table hold alter column project_code type text collate "C";
alter table project alter column code type text collate "C";

-- projects with the assessment that counts, to be counted and summed
create view assessed_project as
    select project.name, project.region, project.unit, project.year, project.ex_ante_required, project.request_fen,
        project.approved_fen, project.reduced_fen, assessment.grade, assessment.cut_fen
    from project left join ex_ante_assessment assessment
        on assessment.project = project.name and assessment.latest = 1;

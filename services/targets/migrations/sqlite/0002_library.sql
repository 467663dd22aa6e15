-- what lists and coverage ask of projects
alter table project add column category text not null default '';           -- 项目类别
alter table project add column marks text not null default '';              -- 项目标识: words between blanks, such as ' transfer '
alter table project add column ex_ante_required bigint not null default 0;  -- 1 where an ex-ante assessment is demanded
update project set
    category = case
        when body like '%"category":"personnel"%' then 'personnel'
        when body like '%"category":"operation"%' then 'operation'
        else 'specific' end,
    marks = ' ' || case when body like '%"direct_funds"%' then 'direct_funds ' else '' end
        || case when body like '%"consolidation"%' then 'consolidation ' else '' end
        || case when body like '%"transfer"%' then 'transfer ' else '' end
        || case when body like '%"major_decision"%' then 'major_decision ' else '' end,
    ex_ante_required = case when body like '%"ex_ante_required":true%' then 1 else 0 end;

-- projects as they were after each change
create table project_version (
    name text primary key,       -- regions/640323000/years/2021/projects/P001/versions/00000001
    version bigint not null,     -- counts saves; never above 1
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC: when the change was made
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    unit text not null,          -- unit code, three digits a level
    year bigint not null,        -- budget year
    project text not null        -- name of the project
);
create index project_version_by_project on project_version (project, name);

-- the assessment that counts for its project
alter table ex_ante_assessment add column latest bigint not null default 0;  -- 1 if concluded and no later one of the project is
update ex_ante_assessment set latest = 1 where state = 'concluded' and not exists (
    select 1 from ex_ante_assessment later
    where later.project = ex_ante_assessment.project and later.state = 'concluded'
        and (later.updated_at > ex_ante_assessment.updated_at
            or (later.updated_at = ex_ante_assessment.updated_at and later.name > ex_ante_assessment.name))
);
create unique index ex_ante_assessment_latest on ex_ante_assessment (project) where latest = 1;

-- control figures of departments (部门预算控制数)
create table control_figure (
    name text primary key,       -- regions/640323000/years/2021/controlFigures/219
    version bigint not null,     -- counts saves and the approvals it limits; the etag
    body text not null,          -- the record as JSON
    created_at bigint not null,  -- microseconds since 1970 UTC
    updated_at bigint not null,  -- microseconds since 1970 UTC
    region text not null,        -- region code, 9 digits
    unit text not null,          -- unit code of the department, 3 digits
    year bigint not null,        -- budget year
    initial_fen bigint not null  -- 下达控制数, fen
);
create index control_figure_by_scope on control_figure (region, unit, year);

-- projects with the assessment that counts, to be counted and summed
create view assessed_project as
    select project.name, project.region, project.unit, project.year, project.ex_ante_required, project.request_fen,
        project.approved_fen, assessment.grade, assessment.cut_fen
    from project left join ex_ante_assessment assessment
        on assessment.project = project.name and assessment.latest = 1;

-- targets with what is asked of their projects, to be listed
create view listed_target as
    select target.name, target.version, target.body, target.created_at, target.updated_at, target.region, target.unit,
        target.year, target.object_kind, target.object, target.state, project.fund_kind, project.marks
    from target left join project on project.name = target.object;

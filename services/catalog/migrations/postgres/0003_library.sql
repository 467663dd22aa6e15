-- templates get a life, like indicators: those stored before were in force at once
alter table target_template add column state text not null default 'active';   -- draft, in_review, active, retired
alter table target_template add column year_from bigint not null default 0;    -- first budget year of the present revision
alter table target_template add column year_to bigint not null default 9999;   -- last budget year; 9999 while open
update target_template set year_from = (body::json ->> 'year_from')::bigint;

-- code lists (代码表) with their codes in the body, layer upon layer
create table code_list (
    name text collate "C" primary key,  -- codeLists/fund-kinds
    version bigint not null,  -- counts saves; the etag
    body text not null,       -- the record as JSON
    created_at bigint not null, -- microseconds since 1970 UTC
    updated_at bigint not null, -- microseconds since 1970 UTC
    region text collate "C" not null,   -- region code of the layer that owns it
    extends text collate "C" not null,  -- code of the upper list it adds codes to; empty if none
    state text not null       -- draft, in_review, active, retired
);
create index code_list_by_layer on code_list (region, state);
create index code_list_by_extends on code_list (extends) where extends <> '';

-- the latest approved version of a target that was told, so that an earlier one or a repeat changes nothing
create table target_use (
    target text collate "C" primary key,       -- regions/640323000/years/2021/targets/T001
    target_version bigint not null,  -- the version told last
    told_at bigint not null          -- microseconds since 1970 UTC
);

-- which indicators that version uses
create table indicator_use (
    target text collate "C" not null,     -- target_use.target
    indicator text collate "C" not null,  -- indicators/GX-XM2020-01
    region text collate "C" not null,     -- region code of the target
    year bigint not null,       -- budget year of the target
    primary key (target, indicator)
);
create index indicator_use_by_indicator on indicator_use (indicator, year, region);
create index indicator_use_by_region on indicator_use (region, year);

-- performance indicators (绩效指标库), common and individual, layer upon layer
create table indicator (
    name text primary key,         -- indicators/GX-XM2020-01
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text not null,          -- region code of the layer that owns it
    object_type text not null,     -- what it measures
    industry text not null,        -- 行业类别; empty for all
    state text not null,           -- draft, in_review, active, retired
    refines text not null,         -- code of the upper indicator it refines; empty if none
    proposed_to text not null      -- region code of the layer it is proposed to; empty if none
);
create index indicator_by_layer on indicator (region, state);
create index indicator_by_refines on indicator (refines) where refines <> '';
create index indicator_by_proposal on indicator (proposed_to) where proposed_to <> '';

-- level-1/level-2 trees with weights (指标体系模板)
create table target_template (
    name text primary key,         -- templates/project-2021-cost
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text not null,          -- region code of the layer that owns it
    object_type text not null      -- which objects use it
);

-- revisions of rule packs (规则包); the document is in the body, byte for byte
create table rule_pack (
    name text primary key,         -- rulePacks/national-2021@1
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text not null,          -- region code of the layer
    code text not null,            -- e.g. national-2021
    revision bigint not null,      -- 1, 2, ... within the code
    state text not null,           -- draft, active, superseded
    valid_from text not null,      -- first day in force, YYYY-MM-DD
    content_sha256 text not null   -- digest of the document, hex
);
create unique index rule_pack_by_revision on rule_pack (code, revision);
create unique index rule_pack_active on rule_pack (code) where state = 'active';
create index rule_pack_by_layer on rule_pack (region, valid_from);

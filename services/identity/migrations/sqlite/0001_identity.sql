-- fiscal divisions (财政区划); the tree is in the code
create table region (
    name text primary key,         -- regions/640323000
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text not null           -- region code, 9 digits
);
create index region_by_code on region (region);

-- finance departments, competent departments, budget units, third parties
create table organization (
    name text primary key,         -- regions/640323000/organizations/219001
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text not null,          -- region code, 9 digits
    unit text not null,            -- unit code, three digits a level
    kind text not null             -- what it is to the budget
);
create index organization_by_scope on organization (region, unit);

-- person and service accounts with their assignments
create table account (
    name text primary key,         -- accounts/unit-clerk
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null,    -- microseconds since 1970 UTC
    region text not null           -- region of its organization; 000000000 for operators of the suite
);
create index account_by_region on account (region);

-- named sets of permissions
create table role (
    name text primary key,         -- roles/finance-performance
    version bigint not null,       -- counts saves; the etag
    body text not null,            -- the record as JSON
    created_at bigint not null,    -- microseconds since 1970 UTC
    updated_at bigint not null     -- microseconds since 1970 UTC
);

-- special bonds (专项债券) behind projects
create table special_bond (
    name text primary key,      -- regions/640323000/years/2021/bonds/B1
    version bigint not null,    -- counts saves; the etag
    body text not null,         -- the record as JSON
    created_at bigint not null, -- microseconds since 1970 UTC
    updated_at bigint not null, -- microseconds since 1970 UTC
    region text not null,       -- region code, 9 digits
    unit text not null,         -- unit code, three digits a level
    year bigint not null,       -- budget year
    project text not null       -- regions/../projects/..
);
create index special_bond_by_scope on special_bond (region, unit);
create index special_bond_by_project on special_bond (project);

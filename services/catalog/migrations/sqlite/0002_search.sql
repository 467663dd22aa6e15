-- how often the indicator library has changed; the one row is locked by whoever changes it
create table library (
    name text primary key,      -- indicators
    changes bigint not null     -- counts transactions that changed it
);
insert into library (name, changes) values ('indicators', 1);

-- the change an indicator was last touched by: a search index takes in what came after its own
create table indicator_change (
    name text primary key,      -- indicators/GX-XM2020-01
    change bigint not null      -- library.changes of that transaction
);
create index indicator_change_by_change on indicator_change (change);
insert into indicator_change (name, change) select name, 1 from indicator;

-- background work done by one replica every so often
create table turn (
    job text collate "C" primary key, -- what is done, such as time/turn
    taken_at bigint not null  -- when it was last begun, microseconds since 1970 UTC; 0 if that failed
);

-- how far others have been told what this service's journal says
create table told (
    listener text collate "C" primary key, -- who is told, e.g. catalog
    position bigint not null               -- last entry of this service's journal told
);

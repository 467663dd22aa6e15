-- a payment moves money and lights and leaves the indicators alone: each in a column of its own
alter table position add column indicators text not null default '[]'; -- indicators of the baseline with their readings as JSON
update position set indicators = json_extract(body, '$.indicators'), body = json_remove(body, '$.indicators');

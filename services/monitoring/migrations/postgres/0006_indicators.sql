-- a payment moves money and lights and leaves the indicators alone: each in a column of its own
alter table position add column indicators text not null default '[]'; -- indicators of the baseline with their readings as JSON
update position set indicators = cast(cast(body as jsonb) -> 'indicators' as text), body = cast(cast(body as jsonb) - 'indicators' as text);

-- what does not change is not written again: indicators move out of a long row, what remains is never compressed
alter table position alter column indicators set storage external;
alter table position alter column body set storage main;
alter table position set (toast_tuple_target = 4000, fillfactor = 60);

-- what was taken back of a payment so far, however many corrections it took
alter table payment add column corrects text; -- regions/../payments/.. of the payment it corrects (更正、冲销); null if none
update payment set corrects = 'regions/' || region || '/years/' || year || '/payments/' || json_extract(body, '$.corrects')
where coalesce(json_extract(body, '$.corrects'), '') <> '';
create index payment_by_corrected on payment (corrects) where corrects is not null;

-- what was taken back of a payment so far, however many corrections it took
alter table payment add column corrects text collate "C"; -- regions/../payments/.. of the payment it corrects (更正、冲销); null if none
update payment set corrects = 'regions/' || region || '/years/' || year || '/payments/' || (cast(body as json) ->> 'corrects')
where coalesce(cast(body as json) ->> 'corrects', '') <> '';
create index payment_by_corrected on payment (corrects) where corrects is not null;

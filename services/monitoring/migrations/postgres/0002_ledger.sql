-- payments are reconciled with the platform by unit and account (对账)
alter table payment add column functional_account text collate "C" not null default ''; -- 支出功能分类, 3, 5 or 7 digits; empty if not given

-- a position is rewritten with every payment: kept in the row, where it costs neither compression nor a second table, and
-- with room on its page for its next version
alter table position set (toast_tuple_target = 8160, fillfactor = 60);

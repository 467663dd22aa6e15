-- payments are reconciled with the platform by unit and account (对账)
alter table payment add column functional_account text not null default ''; -- 支出功能分类, 3, 5 or 7 digits; empty if not given

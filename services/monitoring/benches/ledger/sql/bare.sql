-- The smallest tables a posting needs: the limit that the ledger is held against.
create table project_budget (
    project_id bigint primary key,
    allotted_fen bigint not null,
    paid_fen bigint not null default 0,
    constraint within_allotment check (paid_fen <= allotted_fen)
) with (fillfactor = 70);
create table payment (
    payment_id bigint generated always as identity primary key,
    voucher text not null unique,
    project_id bigint not null,
    amount_fen bigint not null check (amount_fen > 0),
    payee text not null,
    purpose text not null,
    pay_date date not null,
    created_at timestamptz not null default now()
);
create table outbox (
    id bigint generated always as identity primary key,
    project_id bigint not null,
    payload jsonb not null,
    created_at timestamptz not null default now()
);
create function post_payment(voucher text, project bigint, amount bigint) returns bigint language plpgsql as $$
declare total bigint;
begin
    insert into payment (voucher, project_id, amount_fen, payee, purpose, pay_date)
    values (voucher, project, amount, '固原市某某建设工程有限公司', '2021年农村公路养护工程第三批进度款', '2021-06-30');
    update project_budget set paid_fen = paid_fen + amount
    where project_id = project and paid_fen + amount <= allotted_fen returning paid_fen into total;
    if not found then
        raise exception 'allotment exceeded or no such project %', project;
    end if;
    insert into outbox (project_id, payload)
    values (project, jsonb_build_object('voucher', voucher, 'amount', amount, 'paid', total));
    return total;
end
$$;
insert into project_budget select number, 1000000000000000 from generate_series(0, 199999) as numbers(number);
analyze project_budget;

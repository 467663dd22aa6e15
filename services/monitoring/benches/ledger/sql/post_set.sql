-- 500 payments at once, by a connection that owns its projects, so that nothing is locked first.
with source as (select * from unnest($1::text[], $2::bigint[], $3::bigint[]) as source(voucher, project_id, amount_fen)),
stored as (
    insert into payment (voucher, project_id, amount_fen, payee, purpose, pay_date)
    select voucher, project_id, amount_fen, '固原市某某建设工程有限公司', '2021年农村公路养护工程第三批进度款', '2021-06-30'
    from source on conflict (voucher) do nothing returning voucher, project_id, amount_fen
),
total as (select project_id, sum(amount_fen)::bigint as amount_fen from stored group by project_id),
moved as (
    update project_budget set paid_fen = project_budget.paid_fen + total.amount_fen
    from total where project_budget.project_id = total.project_id returning project_budget.project_id, project_budget.paid_fen
)
insert into outbox (project_id, payload)
select project_id, jsonb_build_object('voucher', voucher, 'amount', amount_fen, 'paid', moved.paid_fen)
from stored join moved using (project_id)

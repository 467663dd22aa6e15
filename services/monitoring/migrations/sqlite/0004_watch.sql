-- what money is told apart by, and since when it lies still
alter table position add column fund_kind text; -- 资金性质 such as special_bond; null if not told
alter table position add column marks text not null default ''; -- 项目标识 such as ' direct_funds transfer ', each between blanks; empty without any
alter table position add column warnings text not null default ''; -- 异常类别 such as ' slow_execution idle_money '; empty without any
alter table position add column idle_since text; -- day of the last payment, or of the first issue before any; null without money, YYYY-MM-DD
update position set idle_since = coalesce(
    (select max(pay_date) from payment where payment.project = replace(position.name, '/positions/', '/projects/') and amount_fen > 0),
    json_extract(body, '$.first_issue'));
update position set body = json_set(body, '$.last_paid', idle_since) where paid_fen <> 0;

-- marks stand between blanks, in forms as in positions
update monitoring_form set marks = replace(marks, ',', ' ');

-- corrections and conditions are found by project and by the day they are due
alter table corrective_action add column project text not null default ''; -- regions/../projects/..
alter table corrective_action add column due_date text not null default ''; -- 整改期限, YYYY-MM-DD
alter table monitored_condition add column project text not null default ''; -- regions/../projects/..
alter table monitored_condition add column due_date text; -- YYYY-MM-DD; null if none was set
update corrective_action set due_date = json_extract(body, '$.due_date'),
    project = 'regions/' || region || '/years/' || year || '/projects/' || json_extract(body, '$.project.id');
update monitored_condition set due_date = json_extract(body, '$.due_date'), project = json_extract(body, '$.project');
create index corrective_action_by_project on corrective_action (project);
create index monitored_condition_by_project on monitored_condition (project);

-- sums over positions by all they are told apart by, kept by the triggers below
create table rollup (
    region text not null,         -- region code, 9 digits
    unit text not null,           -- unit code, three digits a level
    year bigint not null,         -- budget year
    fund_kind text not null,      -- 资金性质; empty if not told
    marks text not null,          -- 项目标识 as in position
    money_light text not null,    -- 执行灯
    result_light text not null,   -- 绩效灯
    projects bigint not null,     -- how many positions
    budget_fen bigint not null,   -- 调整后预算数
    allotted_fen bigint not null, -- 已下达
    paid_fen bigint not null,     -- 已支付, net of refunds
    primary key (region, unit, year, fund_kind, marks, money_light, result_light)
);

-- what moved since and is not yet part of rollup: each change of a position adds rows and waits for no other writer
create table rollup_move (
    id integer primary key autoincrement, -- order of writing
    region text not null, -- as in rollup, down to result_light
    unit text not null,
    year bigint not null,
    fund_kind text not null,
    marks text not null,
    money_light text not null,
    result_light text not null,
    projects bigint not null, -- what is to be added, negative where a position left
    budget_fen bigint not null,
    allotted_fen bigint not null,
    paid_fen bigint not null
);

insert into rollup (region, unit, year, fund_kind, marks, money_light, result_light, projects, budget_fen, allotted_fen, paid_fen)
select region, unit, year, coalesce(fund_kind, ''), marks, money_light, result_light,
    count(*), sum(budget_fen), sum(allotted_fen), sum(paid_fen)
from position group by 1, 2, 3, 4, 5, 6, 7;

create trigger position_opened after insert on position begin
    insert into rollup_move (region, unit, year, fund_kind, marks, money_light, result_light, projects, budget_fen, allotted_fen, paid_fen)
    values (new.region, new.unit, new.year, coalesce(new.fund_kind, ''), new.marks, new.money_light, new.result_light,
        1, new.budget_fen, new.allotted_fen, new.paid_fen);
end;
create trigger position_moved after update on position begin
    insert into rollup_move (region, unit, year, fund_kind, marks, money_light, result_light, projects, budget_fen, allotted_fen, paid_fen)
    select region, unit, year, fund_kind, marks, money_light, result_light,
        sum(sign), sum(sign * budget_fen), sum(sign * allotted_fen), sum(sign * paid_fen)
    from (
        select 1 as sign, new.region as region, new.unit as unit, new.year as year, coalesce(new.fund_kind, '') as fund_kind,
            new.marks as marks, new.money_light as money_light, new.result_light as result_light,
            new.budget_fen as budget_fen, new.allotted_fen as allotted_fen, new.paid_fen as paid_fen
        union all
        select -1, old.region, old.unit, old.year, coalesce(old.fund_kind, ''), old.marks, old.money_light, old.result_light,
            old.budget_fen, old.allotted_fen, old.paid_fen
    )
    group by 1, 2, 3, 4, 5, 6, 7
    having sum(sign) <> 0 or sum(sign * budget_fen) <> 0 or sum(sign * allotted_fen) <> 0 or sum(sign * paid_fen) <> 0;
end;

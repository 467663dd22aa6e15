-- what money is told apart by, and since when it lies still
alter table position add column fund_kind text; -- 资金性质 such as special_bond; null if not told
alter table position add column marks text not null default ''; -- 项目标识 such as ' direct_funds transfer ', each between blanks; empty without any
alter table position add column warnings text not null default ''; -- 异常类别 such as ' slow_execution idle_money '; empty without any
alter table position add column idle_since text collate "C"; -- day of the last payment, or of the first issue before any; null without money, YYYY-MM-DD
update position set idle_since = coalesce(
    (select max(pay_date) from payment where payment.project = replace(position.name, '/positions/', '/projects/') and amount_fen > 0),
    cast(body as json) ->> 'first_issue');
update position set body = cast(jsonb_set(cast(body as jsonb), '{last_paid}', to_jsonb(idle_since)) as text) where paid_fen <> 0;

-- marks stand between blanks, in forms as in positions
update monitoring_form set marks = replace(marks, ',', ' ');

-- corrections and conditions are found by project and by the day they are due
alter table corrective_action add column project text collate "C" not null default ''; -- regions/../projects/..
alter table corrective_action add column due_date text collate "C" not null default ''; -- 整改期限, YYYY-MM-DD
alter table monitored_condition add column project text collate "C" not null default ''; -- regions/../projects/..
alter table monitored_condition add column due_date text collate "C"; -- YYYY-MM-DD; null if none was set
update corrective_action set due_date = cast(body as json) ->> 'due_date',
    project = 'regions/' || region || '/years/' || year || '/projects/' || (cast(body as json) -> 'project' ->> 'id');
update monitored_condition set due_date = cast(body as json) ->> 'due_date', project = cast(body as json) ->> 'project';
create index corrective_action_by_project on corrective_action (project);
create index monitored_condition_by_project on monitored_condition (project);

-- sums over positions by all they are told apart by, kept by the triggers below
create table rollup (
    region text collate "C" not null,       -- region code, 9 digits
    unit text collate "C" not null,         -- unit code, three digits a level
    year bigint not null,                   -- budget year
    fund_kind text collate "C" not null,    -- 资金性质; empty if not told
    marks text collate "C" not null,        -- 项目标识 as in position
    money_light text collate "C" not null,  -- 执行灯
    result_light text collate "C" not null, -- 绩效灯
    projects bigint not null,               -- how many positions
    budget_fen bigint not null,             -- 调整后预算数
    allotted_fen bigint not null,           -- 已下达
    paid_fen bigint not null,               -- 已支付, net of refunds
    primary key (region, unit, year, fund_kind, marks, money_light, result_light)
);

-- what moved since and is not yet part of rollup: each change of a position adds rows and waits for no other writer
create table rollup_move (
    id bigint generated always as identity primary key, -- order of writing
    region text collate "C" not null, -- as in rollup, down to result_light
    unit text collate "C" not null,
    year bigint not null,
    fund_kind text collate "C" not null,
    marks text collate "C" not null,
    money_light text collate "C" not null,
    result_light text collate "C" not null,
    projects bigint not null, -- what is to be added, negative where a position left
    budget_fen bigint not null,
    allotted_fen bigint not null,
    paid_fen bigint not null
);

insert into rollup (region, unit, year, fund_kind, marks, money_light, result_light, projects, budget_fen, allotted_fen, paid_fen)
select region, unit, year, coalesce(fund_kind, ''), marks, money_light, result_light,
    count(*), sum(budget_fen), sum(allotted_fen), sum(paid_fen)
from position group by 1, 2, 3, 4, 5, 6, 7;

create function position_opened() returns trigger language plpgsql as $$
begin
    insert into rollup_move (region, unit, year, fund_kind, marks, money_light, result_light, projects, budget_fen, allotted_fen, paid_fen)
    select region, unit, year, coalesce(fund_kind, ''), marks, money_light, result_light,
        count(*), sum(budget_fen), sum(allotted_fen), sum(paid_fen)
    from opened group by 1, 2, 3, 4, 5, 6, 7;
    return null;
end
$$;
create function position_moved() returns trigger language plpgsql as $$
begin
    insert into rollup_move (region, unit, year, fund_kind, marks, money_light, result_light, projects, budget_fen, allotted_fen, paid_fen)
    select region, unit, year, coalesce(fund_kind, ''), marks, money_light, result_light,
        sum(sign), sum(sign * budget_fen), sum(sign * allotted_fen), sum(sign * paid_fen)
    from (select 1 as sign, * from after_it union all select -1, * from before_it) as moved
    group by 1, 2, 3, 4, 5, 6, 7
    having sum(sign) <> 0 or sum(sign * budget_fen) <> 0 or sum(sign * allotted_fen) <> 0 or sum(sign * paid_fen) <> 0;
    return null;
end
$$;
create trigger position_opened after insert on position
referencing new table as opened for each statement execute function position_opened();
create trigger position_moved after update on position
referencing old table as before_it new table as after_it for each statement execute function position_moved();

-- monitoring rounds (监控批次)
create table monitoring_round (
    name text collate "C" primary key, -- regions/640323000/years/2021/rounds/R1
    version bigint not null,           -- counts saves; the etag
    body text not null,                -- the record as JSON
    created_at bigint not null,        -- microseconds since 1970 UTC
    updated_at bigint not null,        -- microseconds since 1970 UTC
    region text collate "C" not null,  -- region code, 9 digits; the round reaches over its subtree
    unit text collate "C" not null,    -- unit code of the scope; empty for all units
    year bigint not null,              -- budget year
    state text not null                -- open or closed
);
create index monitoring_round_by_scope on monitoring_round (region, unit);

-- one form for each project of a round (绩效监控表); figures as at the round's cut-off
create table monitoring_form (
    name text collate "C" primary key,  -- regions/640323000/years/2021/rounds/R1/forms/640323000.P001
    version bigint not null,            -- counts saves; the etag
    body text not null,                 -- the record as JSON
    created_at bigint not null,         -- microseconds since 1970 UTC
    updated_at bigint not null,         -- microseconds since 1970 UTC
    region text collate "C" not null,   -- region code of the project, 9 digits
    unit text collate "C" not null,     -- unit code, three digits a level
    year bigint not null,               -- budget year
    round text collate "C" not null,    -- regions/../rounds/..
    project text collate "C" not null,  -- regions/../projects/..
    state text not null,                -- pending, filed, returned or accepted
    due_date text collate "C" not null, -- 报送期限, YYYY-MM-DD
    fund_kind text,                     -- 资金性质 such as special_bond; null if not told
    marks text not null,                -- 项目标识 such as ,direct_funds,transfer,; empty without any
    budget_fen bigint not null,         -- 调整后预算数
    paid_fen bigint not null,           -- 截止日执行数, net of refunds
    forecast_fen bigint,                -- 全年预计执行数; null until given
    money_light text not null,          -- 执行灯 at the cut-off
    result_light text not null,         -- 绩效灯 at the cut-off
    certain bigint not null,            -- indicators 确定能
    possible bigint not null,           -- indicators 有可能
    impossible bigint not null,         -- indicators 完全不可能
    funding bigint not null,            -- indicators with the cause 经费保障
    rules bigint not null,              -- indicators with the cause 制度保障
    staff bigint not null,              -- indicators with the cause 人员保障
    facilities bigint not null,         -- indicators with the cause 硬件条件保障
    other bigint not null               -- indicators with another cause
);
create index monitoring_form_by_scope on monitoring_form (region, unit);
create index monitoring_form_by_round on monitoring_form (round);
create index monitoring_form_by_project on monitoring_form (project);

create index reading_by_scope on reading (region, unit);

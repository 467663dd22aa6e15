-- money issued with its target (预算指标、指标文)
create table allotment (
    name text primary key,      -- regions/640323000/years/2021/allotments/A1
    version bigint not null,    -- counts saves; the etag
    body text not null,         -- the record as JSON
    created_at bigint not null, -- microseconds since 1970 UTC
    updated_at bigint not null, -- microseconds since 1970 UTC
    region text not null,       -- region code, 9 digits
    unit text not null,         -- unit code, three digits a level
    year bigint not null,       -- budget year
    project text not null,      -- regions/../projects/..
    state text not null,        -- issued or withdrawn
    amount_fen bigint not null, -- above 0
    issue_date text not null    -- 下达日期, YYYY-MM-DD
);
create index allotment_by_scope on allotment (region, unit);
create index allotment_by_project on allotment (project);

-- payment vouchers (支付凭证); the name holds the voucher number, so it is unique in region and year
create table payment (
    name text primary key,      -- regions/640323000/years/2021/payments/V0001
    version bigint not null,    -- counts saves; the etag
    body text not null,         -- the record as JSON
    created_at bigint not null, -- microseconds since 1970 UTC
    updated_at bigint not null, -- microseconds since 1970 UTC
    region text not null,       -- region code, 9 digits
    unit text not null,         -- unit code, three digits a level
    year bigint not null,       -- budget year
    project text not null,      -- regions/../projects/..
    pay_date text not null,     -- 支付日期, YYYY-MM-DD
    amount_fen bigint not null  -- negative for a refund, never 0
);
create index payment_by_project on payment (project, pay_date);

-- where each project stands (双监控): running totals and lights, never recounted from the rows
create table position (
    name text primary key,        -- regions/640323000/years/2021/positions/P001
    version bigint not null,      -- counts saves; the etag
    body text not null,           -- the record as JSON
    created_at bigint not null,   -- microseconds since 1970 UTC
    updated_at bigint not null,   -- microseconds since 1970 UTC
    region text not null,         -- region code, 9 digits
    unit text not null,           -- unit code, three digits a level
    year bigint not null,         -- budget year
    initial_fen bigint not null,  -- 年初预算数
    budget_fen bigint not null,   -- 调整后预算数
    allotted_fen bigint not null, -- 已下达
    paid_fen bigint not null,     -- 已支付, net of refunds
    money_light text not null,    -- 执行灯
    result_light text not null    -- 绩效灯
);
create index position_by_scope on position (region, unit);

-- actual values at a date (绩效信息); later and corrected ones are new rows
create table reading (
    name text primary key,      -- regions/640323000/years/2021/readings/..
    version bigint not null,    -- counts saves; the etag
    body text not null,         -- the record as JSON
    created_at bigint not null, -- microseconds since 1970 UTC
    updated_at bigint not null, -- microseconds since 1970 UTC
    region text not null,       -- region code, 9 digits
    unit text not null,         -- unit code, three digits a level
    year bigint not null,       -- budget year
    project text not null,      -- regions/../projects/.. or regions/../organizations/..
    reading_date text not null  -- 取值日期, YYYY-MM-DD
);
create index reading_by_project on reading (project, reading_date);

-- conditions of ex-ante assessments, watched until their proof is accepted
create table monitored_condition (
    name text primary key,      -- regions/640323000/years/2021/conditions/E4-1
    version bigint not null,    -- counts saves; the etag
    body text not null,         -- the record as JSON
    created_at bigint not null, -- microseconds since 1970 UTC
    updated_at bigint not null, -- microseconds since 1970 UTC
    region text not null,       -- region code, 9 digits
    unit text not null,         -- unit code, three digits a level
    year bigint not null,       -- budget year
    state text not null         -- open or closed
);
create index monitored_condition_by_scope on monitored_condition (region, unit);

-- corrections ordered by monitoring (纠偏整改)
create table corrective_action (
    name text primary key,      -- regions/640323000/years/2021/correctiveActions/C1
    version bigint not null,    -- counts saves; the etag
    body text not null,         -- the record as JSON
    created_at bigint not null, -- microseconds since 1970 UTC
    updated_at bigint not null, -- microseconds since 1970 UTC
    region text not null,       -- region code, 9 digits
    unit text not null,         -- unit code, three digits a level
    year bigint not null,       -- budget year
    state text not null         -- noticed, planned, progressing or closed
);
create index corrective_action_by_scope on corrective_action (region, unit);

-- orders to suspend payment (暂停拨付)
create table suspension (
    name text primary key,      -- regions/640323000/years/2021/suspensions/S1
    version bigint not null,    -- counts saves; the etag
    body text not null,         -- the record as JSON
    created_at bigint not null, -- microseconds since 1970 UTC
    updated_at bigint not null, -- microseconds since 1970 UTC
    region text not null,       -- region code, 9 digits
    unit text not null,         -- unit code, three digits a level
    year bigint not null,       -- budget year
    project text not null,      -- regions/../projects/..
    state text not null         -- standing or lifted
);
create index suspension_by_scope on suspension (region, unit);
create index suspension_by_project on suspension (project);

-- how far the journals of other services have been taken in
create table follow (
    service text primary key, -- whose journal
    position bigint not null, -- last entry taken in, with everything it caused
    resume_token text not null -- where to watch on
);

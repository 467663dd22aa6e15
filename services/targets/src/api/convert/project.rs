//! Projects: what they say, and everything wrong with it at once.

use hengji_db::Stored;
use hengji_kernel::{FiscalYear, Money, RegionCode, name};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::convert as words;

use super::Fields;
use crate::domain::{Details, Funding, MoneyRow, Period, Project, ProjectState, ProjectVersion, code_fault};

/// Rows of money by year and source a project may have.
const MONEY_ROWS: usize = 200;

pub(crate) fn project(stored: &Stored<Project>) -> pb::Project {
    let record = &stored.record;
    let details = &record.details;
    let year = |year: FiscalYear| year.number();
    pb::Project {
        name: record.resource_name(),
        code: record.code.clone(),
        title: record.title.clone(),
        unit: record.unit.to_string(),
        category: super::category(record.category).into(),
        nature: super::nature(record.nature).into(),
        fund_kind: super::fund_kind(record.fund_kind).into(),
        marks: record.marks.iter().map(|mark| super::mark(*mark).into()).collect(),
        industry: record.industry.clone(),
        functional_account: record.functional_account.clone(),
        request_yuan: Some(words::money(record.request)),
        approved_yuan: Some(words::money(record.approved)),
        added_yuan: Some(words::money(record.added)),
        reduced_yuan: Some(words::money(record.reduced)),
        ex_ante_required: record.ex_ante_required,
        advisers: record.all_advisers(),
        amount_source: record.amount_source.clone(),
        state: super::project_state(record.state).into(),
        declarer: record.declarer.clone(),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
        level: details.level.map_or(0, |level| super::level(level).into()),
        parent_code: details.parent_code.clone(),
        period_start_year: details.period.map_or(0, |period| year(period.start)),
        period_end_year: details.period.map_or(0, |period| year(period.end)),
        total_yuan: details.total.map(words::money),
        money: details.money.iter().map(money_row).collect(),
        department_economic_account: details.department_account.clone(),
        government_economic_account: details.government_account.clone(),
        basis: details.basis.clone(),
        summary: details.summary.clone(),
        ex_ante_explanation: record
            .ex_ante_need
            .as_ref()
            .map(|need| words::explanation(&need.result, std::slice::from_ref(need))),
        project_version: stored.version,
    }
}

fn money_row(row: &MoneyRow) -> pb::ProjectMoney {
    pb::ProjectMoney {
        year: row.year.number(),
        source: super::fund_source(row.source).into(),
        amount_yuan: Some(words::money(row.amount)),
    }
}

pub(crate) fn project_version(stored: &Stored<ProjectVersion>) -> pb::ProjectVersion {
    let version = &stored.record;
    let as_it_was = Stored {
        record: version.project.clone(),
        version: version.number,
        created_at: stored.created_at,
        updated_at: stored.created_at,
    };
    pb::ProjectVersion {
        project_version: version.number,
        // when the project was first stored is told by its first version
        project: Some(pb::Project { create_time: None, ..project(&as_it_was) }),
        account: version.account.clone(),
        call: version.method.clone(),
        change_time: Some(words::timestamp(stored.created_at)),
    }
}

/// A project as filed; everything wrong with it goes to `fields`.
pub(crate) fn parse_project(
    region: &RegionCode,
    year: FiscalYear,
    declarer: &str,
    given: &pb::Project,
    fields: &mut Fields,
) -> Option<Project> {
    let code = parse_code(region, year, given, fields);
    let details = parse_details(given, fields);
    let marks: Option<Vec<_>> = given.marks.iter().map(|mark| super::parse_mark(*mark)).collect();
    let title = fields.filled("title", &given.title, 200);
    let industry = fields.text("industry", &given.industry, 60);
    let functional_account = account("functional_account", &given.functional_account, &[7], fields);
    let advisers = parse_advisers(&given.advisers, fields);
    let amount_source = fields.text("amount_source", &given.amount_source, 100);
    let unit = fields.word("unit", &given.unit);
    let category = fields.required("category", super::parse_category(given.category));
    let nature = fields.required("nature", super::parse_nature(given.nature));
    let fund_kind = fields.required("fund_kind", super::parse_fund_kind(given.fund_kind));
    let marks = fields.required("marks", marks);
    let request = fields.money("request_yuan", given.request_yuan.as_ref());
    let project = Project {
        region: region.clone(),
        year,
        code,
        title,
        unit: unit?,
        category: category?,
        nature: nature?,
        fund_kind: fund_kind?,
        marks: marks?,
        industry,
        functional_account,
        request: request?,
        approved: Money::ZERO,
        reduced: Money::ZERO,
        added: Money::ZERO,
        ex_ante_required: given.ex_ante_required,
        advisers,
        amount_source,
        state: ProjectState::Stored,
        declarer: declarer.to_owned(),
        editors: vec![],
        assessors: vec![],
        ex_ante_by_hand: given.ex_ante_required,
        ex_ante_need: None,
        details: details?,
    };
    demand_sums(&project, fields);
    Some(project)
}

fn parse_code(region: &RegionCode, year: FiscalYear, given: &pb::Project, fields: &mut Fields) -> String {
    let code = fields.filled("code", &given.code, 40);
    let is_id = name::parse(&format!("projects/{code}"), ["projects"]).is_ok();
    if !code.is_empty() && !is_id {
        fields.refuse("code", "只能由文字、数字和 - _ . 组成");
    } else if let Some(fault) = code_fault(&code, region, year) {
        fields.refuse("code", fault);
    }
    code
}

/// A code of one of the given lengths in digits, or none.
fn account(field: &str, code: &str, lengths: &[usize], fields: &mut Fields) -> String {
    let sound = lengths.contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    if !code.is_empty() && !sound {
        let lengths: Vec<_> = lengths.iter().map(usize::to_string).collect();
        fields.refuse(field, format!("应为 {} 位数字", lengths.join(" 或 ")));
    }
    code.to_owned()
}

fn parse_advisers(given: &[String], fields: &mut Fields) -> Vec<String> {
    for (index, adviser) in given.iter().enumerate() {
        if words::parse_organization("advisers", adviser).is_err() {
            fields.refuse(&format!("advisers[{index}]"), "应为 regions/*/organizations/*");
        }
    }
    given.to_vec()
}

fn parse_details(given: &pb::Project, fields: &mut Fields) -> Option<Details> {
    let economic = [3, 5];
    let total = given.total_yuan.as_ref().map(|total| fields.money("total_yuan", Some(total)));
    Some(Details {
        level: super::parse_level(given.level),
        parent_code: fields.text("parent_code", &given.parent_code, 40),
        period: parse_period(given, fields),
        money: parse_money(given, fields),
        department_account: account(
            "department_economic_account",
            &given.department_economic_account,
            &economic,
            fields,
        ),
        government_account: account(
            "government_economic_account",
            &given.government_economic_account,
            &economic,
            fields,
        ),
        basis: fields.text("basis", &given.basis, 4000),
        summary: fields.text("summary", &given.summary, 4000),
        total: match total {
            Some(total) => Some(total?),
            None => None,
        },
    })
}

/// Both ends or neither.
fn parse_period(given: &pb::Project, fields: &mut Fields) -> Option<Period> {
    if (given.period_start_year, given.period_end_year) == (0, 0) {
        return None;
    }
    let start = fields.year("period_start_year", given.period_start_year);
    let end = fields.year("period_end_year", given.period_end_year);
    Some(Period { start: start?, end: end? })
}

fn parse_money(given: &pb::Project, fields: &mut Fields) -> Vec<MoneyRow> {
    if given.money.len() > MONEY_ROWS {
        fields.refuse("money", format!("不得超过 {MONEY_ROWS} 行"));
        return vec![];
    }
    let mut rows = Vec::with_capacity(given.money.len());
    for (index, row) in given.money.iter().enumerate() {
        let path = |field: &str| format!("money[{index}].{field}");
        let year = fields.year(&path("year"), row.year);
        let source = fields.required(&path("source"), super::parse_fund_source(row.source));
        let amount = fields.money(&path("amount_yuan"), row.amount_yuan.as_ref());
        if let (Some(year), Some(source), Some(amount)) = (year, source, amount) {
            rows.push(MoneyRow { year, source, amount });
        }
    }
    rows
}

/// Amounts that do not add up are told when every one of them could be read.
fn demand_sums(project: &Project, fields: &mut Fields) {
    if !fields.is_sound() {
        return;
    }
    let funding = Funding {
        year: project.year,
        request: project.request,
        period: project.details.period,
        total: project.details.total,
        rows: &project.details.money,
    };
    for (field, message) in funding.faults() {
        fields.refuse(&field, message);
    }
}

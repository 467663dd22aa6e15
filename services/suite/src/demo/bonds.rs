//! A special bond behind the largest project: registered with its plan, its income reported, its plan revised.

use anyhow::{Context, ensure};
use hengji_kernel::Money;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::bond_service_client::BondServiceClient;

use super::say::{date, decimal, request_id, there};
use super::{People, Stage};

/// Interest a year, and income forecast a year, as shares of the amount in percent: illustrative.
const INTEREST: i64 = 3;
const INCOME: i64 = 12;
const YEARS: i32 = 10;

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let of_budget = county.projects.iter().filter(|line| line.fund_kind == "general_public");
    let line = of_budget.max_by_key(|line| line.budget_yuan.parse::<Money>().unwrap_or_default());
    let line = line.context("no project")?;
    let (line_office, unit) = (people.get("finance-line")?, people.get(&format!("unit-{}", line.unit))?);
    let amount: Money = line.budget_yuan.parse()?;
    let mut client = BondServiceClient::new(stage.link.clone());
    let create = pb::CreateBondRequest {
        request_id: request_id(),
        project: county.name("projects", &line.code),
        bond_id: "ZQ-1".into(),
        terms: Some(terms(amount, YEARS)?),
        ..Default::default()
    };
    let bond = there(client.create_bond(line_office.ask(create)).await?.into_inner().bond)?;
    let report = pb::ReportBondIncomeRequest {
        request_id: request_id(),
        name: bond.name,
        etag: bond.etag,
        year: county.year,
        income_yuan: decimal(&share(amount, INCOME / 2).to_string()),
        evidence: "收入入账凭证（示意）".into(),
        ..Default::default()
    };
    let bond = there(client.report_bond_income(unit.ask(report)).await?.into_inner().bond)?;
    let revise = pb::ReviseBondRequest {
        request_id: request_id(),
        name: bond.name,
        etag: bond.etag,
        terms: Some(terms(amount, YEARS + 2)?),
        reason: "再融资展期两年（示意）".into(),
        ..Default::default()
    };
    let bond = there(client.revise_bond(line_office.ask(revise)).await?.into_inner().bond)?;
    let told = |value: Option<hengji_proto::google::r#type::Decimal>| {
        value.map(|value| value.value).unwrap_or_default()
    };
    let rate = told(bond.income_rate_percent);
    ensure!(rate == "50.00", "half of the forecast came in, and the rate is {rate}");
    stage.say(format!(
        "专项债券：{} 收入实现率 {rate}%，本息覆盖倍数 {}，资金闲置 {} 日",
        line.title,
        told(bond.present_coverage),
        bond.idle_days
    ));
    Ok(())
}

fn share(amount: Money, percent: i64) -> Money {
    Money::from_fen(amount.fen() / 100 * percent)
}

/// Income and interest in every year, the principal in the last.
fn terms(amount: Money, years: i32) -> anyhow::Result<pb::BondTerms> {
    let year = |index: i32| pb::BondYear {
        year: 2021 + index,
        forecast_income_yuan: decimal(&share(amount, INCOME).to_string()),
        principal_yuan: decimal(&if index + 1 == years { amount } else { Money::ZERO }.to_string()),
        interest_yuan: decimal(&share(amount, INTEREST).to_string()),
    };
    Ok(pb::BondTerms {
        code: "示意2105001".into(),
        short_name: "示意专项债券".into(),
        amount_yuan: decimal(&amount.to_string()),
        rate_percent: decimal(&INTEREST.to_string()),
        term_years: years,
        issue_date: date("2021-02-01")?,
        years: (0..years).map(year).collect(),
    })
}

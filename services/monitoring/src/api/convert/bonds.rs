//! Special bonds.

use hengji_db::Stored;
use hengji_kernel::{Date, Money};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::convert::{date, decimal, etag, money, timestamp};
use hengji_rpc::{Fault, convert as words};

use crate::domain::{Bond, BondTerms, BondYear, Position};

/// `position` is that of the project, with its money.
pub(crate) fn bond(stored: &Stored<Bond>, position: Option<&Position>, today: Date) -> pb::SpecialBond {
    let record = &stored.record;
    let idle = position.and_then(|position| position.idle());
    let days = idle.map_or(0, |idle| today.days_since(idle.since));
    pb::SpecialBond {
        name: record.resource_name(),
        project: record.project.name(),
        title: record.title.clone(),
        unit: record.unit.to_string(),
        terms: Some(terms(&record.terms)),
        incomes: record
            .incomes
            .iter()
            .map(|(year, reported)| pb::BondIncome {
                year: *year,
                income_yuan: Some(money(reported.income)),
                evidence: reported.evidence.clone(),
                report_date: Some(date(reported.report_date)),
            })
            .collect(),
        forecast_income_yuan: Some(money(record.forecast_so_far())),
        actual_income_yuan: Some(money(record.actual_so_far())),
        income_rate_percent: record.income_rate().map(decimal),
        planned_coverage: record.planned_coverage().map(decimal),
        present_coverage: record.present_coverage().map(decimal),
        idle_yuan: Some(money(idle.map_or(Money::ZERO, |idle| idle.amount))),
        idle_days: i32::try_from(days).unwrap_or(i32::MAX),
        etag: etag(stored),
        create_time: Some(timestamp(stored.created_at)),
        update_time: Some(timestamp(stored.updated_at)),
    }
}

fn terms(terms: &BondTerms) -> pb::BondTerms {
    pb::BondTerms {
        code: terms.code.clone(),
        short_name: terms.short_name.clone(),
        amount_yuan: Some(money(terms.amount)),
        rate_percent: Some(decimal(terms.rate_percent)),
        term_years: terms.term_years,
        issue_date: Some(date(terms.issue_date)),
        years: terms
            .years
            .iter()
            .map(|year| pb::BondYear {
                year: year.year,
                forecast_income_yuan: Some(money(year.forecast_income)),
                principal_yuan: Some(money(year.principal)),
                interest_yuan: Some(money(year.interest)),
            })
            .collect(),
    }
}

pub(crate) fn parse_bond_terms(said: Option<&pb::BondTerms>) -> Result<BondTerms, Fault> {
    let said = said.ok_or_else(|| Fault::field("terms", "必填"))?;
    let years = said.years.iter().enumerate().map(|(index, year)| {
        let field = |name: &str| format!("terms.years[{index}].{name}");
        Ok(BondYear {
            year: year.year,
            forecast_income: words::parse_money(
                &field("forecast_income_yuan"),
                year.forecast_income_yuan.as_ref(),
            )?,
            principal: words::parse_money(&field("principal_yuan"), year.principal_yuan.as_ref())?,
            interest: words::parse_money(&field("interest_yuan"), year.interest_yuan.as_ref())?,
        })
    });
    Ok(BondTerms {
        code: said.code.clone(),
        short_name: said.short_name.clone(),
        amount: words::parse_money("terms.amount_yuan", said.amount_yuan.as_ref())?,
        rate_percent: words::require_decimal("terms.rate_percent", said.rate_percent.as_ref())?,
        term_years: said.term_years,
        issue_date: words::parse_date("terms.issue_date", said.issue_date.as_ref())?,
        years: years.collect::<Result<_, Fault>>()?,
    })
}

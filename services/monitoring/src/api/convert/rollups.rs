//! Roll-ups, idle money, warnings.

use hengji_kernel::Money;
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::convert::{date, decimal, explanation, money};
use hengji_rules::idle::Aged;
use hengji_rules::lights::IdleMoney;

use super::{group_key, light, stored_light};
use crate::domain::{Position, Warning, WarningClass, rate_percent};
use crate::store::{Grouping, Part, Rollup};

fn count(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A row without the place it was asked for.
pub(crate) fn rollup(by: Grouping, found: &Rollup) -> pb::Rollup {
    let all = found.all;
    pb::Rollup {
        key: group_key(by, &found.key),
        project_count: count(all.projects),
        budget_yuan: Some(money(all.budget)),
        allotted_yuan: Some(money(all.allotted)),
        paid_yuan: Some(money(all.paid)),
        rate_percent: rate_percent(all.paid, all.budget).map(decimal),
        money_lights: light_parts(&found.money_lights),
        result_lights: light_parts(&found.result_lights),
        ..pb::Rollup::default()
    }
}

/// Where no project has money.
pub(crate) fn empty_rollup() -> pb::Rollup {
    let nothing =
        Rollup { key: String::new(), all: Part::default(), money_lights: vec![], result_lights: vec![] };
    rollup(Grouping::Total, &nothing)
}

fn light_parts(parts: &[(&'static str, Part)]) -> Vec<pb::LightCount> {
    let shown = parts.iter().filter(|(_, part)| part.projects != 0);
    shown
        .map(|(word, part)| pb::LightCount {
            light: stored_light(word).into(),
            count: count(part.projects),
            budget_yuan: Some(money(part.budget)),
            allotted_yuan: Some(money(part.allotted)),
            paid_yuan: Some(money(part.paid)),
        })
        .collect()
}

pub(crate) fn idle_money(position: &Position, idle: IdleMoney, aged: &Aged) -> pb::IdleMoney {
    pb::IdleMoney {
        project: position.project.name(),
        title: position.title.clone(),
        unit: position.unit.to_string(),
        amount_yuan: Some(money(idle.amount)),
        since_date: Some(date(idle.since)),
        days: count(aged.days),
        age: aged.name.clone(),
        light: light(aged.light).into(),
        explanation: Some(explanation(&aged.name, std::slice::from_ref(&aged.explanation))),
    }
}

pub(crate) fn idle_age(aged: &Aged, projects: i64, amount: Money) -> pb::IdleAge {
    pb::IdleAge {
        age: aged.name.clone(),
        project_count: count(projects),
        amount_yuan: Some(money(amount)),
        light: light(aged.light).into(),
    }
}

pub(crate) fn warning(warning: &Warning) -> pb::Warning {
    let conclusion = format!("{}：{}", warning.class.chinese(), warning.light.chinese());
    pb::Warning {
        class: warning_class(warning.class).into(),
        light: light(warning.light).into(),
        explanation: Some(explanation(&conclusion, std::slice::from_ref(&warning.explanation))),
    }
}

const fn warning_class(class: WarningClass) -> pb::WarningClass {
    match class {
        WarningClass::SlowExecution => pb::WarningClass::SlowExecution,
        WarningClass::Overspending => pb::WarningClass::Overspending,
        WarningClass::ResultBehind => pb::WarningClass::ResultBehind,
        WarningClass::ReadingOverdue => pb::WarningClass::ReadingOverdue,
        WarningClass::MoneyWithoutResults => pb::WarningClass::MoneyWithoutResults,
        WarningClass::ResultsWithoutMoney => pb::WarningClass::ResultsWithoutMoney,
        WarningClass::IdleMoney => pb::WarningClass::IdleMoney,
        WarningClass::Flapping => pb::WarningClass::Flapping,
    }
}

/// `None` asks for every position.
pub(crate) const fn parse_warning_class(class: pb::WarningClass) -> Option<WarningClass> {
    match class {
        pb::WarningClass::Unspecified => None,
        pb::WarningClass::SlowExecution => Some(WarningClass::SlowExecution),
        pb::WarningClass::Overspending => Some(WarningClass::Overspending),
        pb::WarningClass::ResultBehind => Some(WarningClass::ResultBehind),
        pb::WarningClass::ReadingOverdue => Some(WarningClass::ReadingOverdue),
        pb::WarningClass::MoneyWithoutResults => Some(WarningClass::MoneyWithoutResults),
        pb::WarningClass::ResultsWithoutMoney => Some(WarningClass::ResultsWithoutMoney),
        pb::WarningClass::IdleMoney => Some(WarningClass::IdleMoney),
        pb::WarningClass::Flapping => Some(WarningClass::Flapping),
    }
}

//! The only place that knows both the contract and the domain.

mod bonds;
mod ledger;
mod orders;
mod rollups;
mod rounds;

use hengji_db::Stored;
use hengji_kernel::{Decimal, Timestamp};
use hengji_proto::common::v1::Explanation;
use hengji_proto::google::r#type as google;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::targets::v1::FundKind;
use hengji_rpc::convert::{date, decimal, etag, explanation, money, timestamp};
use hengji_rpc::fault::reason_text;
use hengji_rules::exact::{HUNDRED, round};
use hengji_rules::lights::Lit;
use hengji_rules::pack::{Light, RoundingMode};

use crate::domain::{Funds, Indicator, Position, Reading, Standing, rate_percent};
use crate::error::Refusal;

pub(crate) use bonds::*;
pub(crate) use ledger::{allotment, attributes, difference, outcomes, payment, refused, whole_outcome};
pub(crate) use orders::*;
pub(crate) use rollups::*;
pub(crate) use rounds::*;

pub(crate) fn position(stored: &Stored<Position>) -> pb::Position {
    let record = &stored.record;
    pb::Position {
        indicators: record.indicators.iter().map(|known| indicator(record, known)).collect(),
        warnings: record.warnings.iter().map(warning).collect(),
        ..explained_funds(&stored.as_ref().map(|position| &position.funds))
    }
}

/// Money and lights alone.
pub(crate) fn funds(stored: &Stored<Funds>) -> pb::Position {
    position_after(&stored.as_ref(), &stored.record.standing())
}

/// Money and lights with their reasons.
fn explained_funds(stored: &Stored<&Funds>) -> pb::Position {
    pb::Position {
        money_explanation: Some(explained("执行灯", &stored.record.money)),
        result_explanation: Some(explained("绩效灯", &stored.record.result)),
        ..position_after(stored, &stored.record.standing())
    }
}

fn position_after(stored: &Stored<&Funds>, standing: &Standing) -> pb::Position {
    let record = &stored.record;
    pb::Position {
        name: record.resource_name(),
        project: record.project.name(),
        title: record.title.clone(),
        unit: record.unit.to_string(),
        initial_yuan: Some(money(record.initial)),
        budget_yuan: Some(money(record.budget)),
        allotted_yuan: Some(money(standing.allotted)),
        paid_yuan: Some(money(standing.paid)),
        rate_percent: rate_percent(standing.paid, record.budget).map(decimal),
        as_of: Some(date(standing.as_of)),
        money_light: light(standing.money).into(),
        money_explanation: None,
        result_light: light(standing.result).into(),
        result_explanation: None,
        indicators: vec![],
        suspended: !record.suspension.is_empty(),
        target: record.target.clone(),
        target_version: record.target_version,
        etag: etag(stored),
        fund_kind: record.fund_kind.map_or(FundKind::Unspecified, fund_kind).into(),
        marks: record.marks.iter().map(|known| mark(*known).into()).collect(),
        frozen_yuan: Some(money(record.frozen())),
        warnings: vec![],
        idle_yuan: Some(money(standing.allotted - standing.paid)),
        idle_since_date: record.idle_since().map(date),
    }
}

fn indicator(position: &Position, indicator: &Indicator) -> pb::IndicatorPosition {
    let latest = indicator.latest.as_ref();
    let lit = indicator.lit.as_ref();
    pb::IndicatorPosition {
        code: indicator.code.clone(),
        title: indicator.title.clone(),
        target_text: indicator.value_text.clone(),
        actual_text: latest.map(|reading| reading.text.clone()).unwrap_or_default(),
        reading_date: latest.map(|reading| date(reading.date)),
        progress_percent: lit.and_then(progress),
        light: lit.map_or(pb::Light::Unspecified, |lit| light(lit.light)).into(),
        explanation: lit.map(|lit| explained(&indicator.title, lit)),
        level1: indicator.level1.clone(),
        level2: indicator.level2.clone(),
        expected_value: indicator
            .operator
            .and_then(|_| indicator.expected(position.project.year, position.as_of).or(indicator.along))
            .map(decimal),
    }
}

/// Of what is expected by then: as far as it is not behind.
fn progress(lit: &Lit) -> Option<google::Decimal> {
    let progress = HUNDRED.checked_sub(lit.behind?)?;
    Some(decimal(round(progress, 2, RoundingMode::HalfUp)))
}

fn explained(what: &str, lit: &Lit) -> Explanation {
    let conclusion = format!("{what}：{}", lit.light.chinese());
    explanation(&conclusion, std::slice::from_ref(&lit.explanation))
}

/// A light that is off, and one that nobody lights, are both unspecified.
const fn light(light: Light) -> pb::Light {
    match light {
        Light::Unlit | Light::Suspended => pb::Light::Unspecified,
        Light::Green => pb::Light::Green,
        Light::Yellow => pb::Light::Yellow,
        Light::Red => pb::Light::Red,
    }
}

/// `None` asks for every light.
pub(crate) const fn parse_light(light: pb::Light) -> Option<Light> {
    match light {
        pb::Light::Unspecified => None,
        pb::Light::Green => Some(Light::Green),
        pb::Light::Yellow => Some(Light::Yellow),
        pb::Light::Red => Some(Light::Red),
    }
}

fn light_counts(counts: &[(String, i64)]) -> Vec<pb::LightCount> {
    let lights = [pb::Light::Unspecified, pb::Light::Green, pb::Light::Yellow, pb::Light::Red];
    let of = |shown: pb::Light| {
        let count: i64 =
            counts.iter().filter(|(word, _)| stored_light(word) == shown).map(|(_, count)| count).sum();
        pb::LightCount {
            light: shown.into(),
            count: i32::try_from(count).unwrap_or(i32::MAX),
            ..pb::LightCount::default()
        }
    };
    lights.into_iter().map(of).filter(|counted| counted.count > 0).collect()
}

fn stored_light(word: &str) -> pb::Light {
    match word {
        "green" => pb::Light::Green,
        "yellow" => pb::Light::Yellow,
        "red" => pb::Light::Red,
        _ => pb::Light::Unspecified,
    }
}

pub(crate) fn reading_outcome(decided: &Result<Reading, Refusal>, at: Timestamp) -> pb::ReadingOutcome {
    match decided {
        Ok(stored) => pb::ReadingOutcome {
            stored: true,
            reading: Some(reading(stored, at)),
            ..pb::ReadingOutcome::default()
        },
        Err(refusal) => pb::ReadingOutcome {
            reason: reason_text(refusal.reason()).to_owned(),
            message: refusal.to_string(),
            ..pb::ReadingOutcome::default()
        },
    }
}

pub(crate) fn reading(reading: &Reading, at: Timestamp) -> pb::Reading {
    let number = |value: Option<Decimal>| value.map(decimal);
    pb::Reading {
        name: reading.resource_name(),
        project: reading.object.clone(),
        unit: reading.unit.to_string(),
        indicator_code: reading.code.clone(),
        value_text: reading.text.clone(),
        numerator: number(reading.numerator),
        denominator: number(reading.denominator),
        reading_date: Some(date(reading.date)),
        evidence: reading.evidence.clone(),
        parts: reading
            .parts
            .iter()
            .map(|part| pb::ReadingPart { title: part.title.clone(), value: Some(decimal(part.value)) })
            .collect(),
        source: reading.source.clone(),
        corrects: reading.corrects.clone(),
        correction_reason: reading.correction_reason.clone(),
        create_time: Some(timestamp(at)),
    }
}

//! Targets and their indicators.

use std::collections::HashSet;

use hengji_db::Stored;
use hengji_kernel::{Decimal, FiscalYear};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::convert as words;
use hengji_rules::{Nature, Operator};

use super::{Fields, review};
use crate::domain::{Contents, Indicator, Interim, Target};

pub(crate) fn target<T>(stored: &Stored<T>, record: &Target) -> pb::PerformanceTarget {
    let contents = &record.contents;
    pb::PerformanceTarget {
        name: record.resource_name(),
        object_kind: super::object_kind(record.object.kind).into(),
        object: record.object.name.clone(),
        title: record.object.title.clone(),
        unit: record.object.unit.to_string(),
        target_version: record.target_version,
        approved_version: record.approved_version,
        goal_text: contents.goal_text.clone(),
        mid_term_goal_text: contents.mid_term_goal_text.clone(),
        indicators: contents.indicators.iter().map(indicator).collect(),
        template: contents.template.clone(),
        budget_yuan: Some(words::money(contents.budget)),
        state: super::target_state(record.state).into(),
        declarer: record.declarer.clone(),
        reviews: record.reviews.iter().map(review::review).collect(),
        addition: record.addition.clone().unwrap_or_default(),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
        review_chain: review::chain(record),
        review_due_date: record.review_due.map(words::date),
        changes: record.changes().into_iter().map(review::change).collect(),
        mid_term_indicators: contents.mid_term.iter().map(mid_term_indicator).collect(),
        approve_time: record.approved_at.map(words::timestamp),
        reduction: record.reduction.clone().unwrap_or_default(),
    }
}

/// Not scored this year, so it has no weight to show.
fn mid_term_indicator(one: &Indicator) -> pb::TargetIndicator {
    pb::TargetIndicator { weight: None, ..indicator(one) }
}

fn indicator(indicator: &Indicator) -> pb::TargetIndicator {
    let interim = indicator.interim.iter().map(|interim| pb::InterimValue {
        month: interim.month.into(),
        value: Some(words::decimal(interim.value)),
    });
    pb::TargetIndicator {
        code: indicator.code.clone(),
        level1: indicator.level1.clone(),
        level2: indicator.level2.clone(),
        title: indicator.title.clone(),
        catalog_indicator: indicator.catalog_indicator.clone(),
        operator: operator(indicator).into(),
        value: indicator.value.map(words::decimal),
        value_text: indicator.value_text.clone(),
        unit: indicator.unit.clone(),
        direction: super::direction(indicator.direction).into(),
        weight: Some(words::decimal(indicator.weight)),
        interim_values: interim.collect(),
        evidence_plan: indicator.evidence_plan.clone(),
    }
}

/// A range stands in the text only: the contract has no sign for it.
const fn operator(indicator: &Indicator) -> pb::Operator {
    match (indicator.nature, indicator.operator) {
        (Nature::Qualitative, _) => pb::Operator::Qualitative,
        (_, Some(Operator::Ge)) => pb::Operator::Ge,
        (_, Some(Operator::Gt)) => pb::Operator::Gt,
        (_, Some(Operator::Le)) => pb::Operator::Le,
        (_, Some(Operator::Lt)) => pb::Operator::Lt,
        (_, Some(Operator::Eq)) => pb::Operator::Eq,
        (_, Some(Operator::Range) | None) => pb::Operator::Unspecified,
    }
}

fn parse_operator(number: i32) -> (Nature, Option<Operator>) {
    match pb::Operator::try_from(number).unwrap_or_default() {
        pb::Operator::Qualitative => (Nature::Qualitative, None),
        pb::Operator::Unspecified => (Nature::Quantitative, None),
        pb::Operator::Ge => (Nature::Quantitative, Some(Operator::Ge)),
        pb::Operator::Le => (Nature::Quantitative, Some(Operator::Le)),
        pb::Operator::Eq => (Nature::Quantitative, Some(Operator::Eq)),
        pb::Operator::Gt => (Nature::Quantitative, Some(Operator::Gt)),
        pb::Operator::Lt => (Nature::Quantitative, Some(Operator::Lt)),
    }
}

/// What a target says; everything wrong with it goes to `fields`.
pub(crate) fn parse_contents(
    given: &pb::PerformanceTarget,
    year: FiscalYear,
    fields: &mut Fields,
) -> Option<Contents> {
    let goal_text = fields.filled("goal_text", &given.goal_text, 4000);
    let mid_term_goal_text = fields.text("mid_term_goal_text", &given.mid_term_goal_text, 4000);
    let template = fields.text("template", &given.template, 256);
    let budget = fields.money("budget_yuan", given.budget_yuan.as_ref());
    let indicators = parse_indicators("indicators", &given.indicators, year, fields);
    let mid_term = parse_mid_term(given, year, fields);
    Some(Contents { goal_text, mid_term_goal_text, indicators, mid_term, template, budget: budget? })
}

/// Indicators of the whole period, which go with a goal of the whole period and are not scored this year.
fn parse_mid_term(given: &pb::PerformanceTarget, year: FiscalYear, fields: &mut Fields) -> Vec<Indicator> {
    let list = "mid_term_indicators";
    if given.mid_term_indicators.is_empty() {
        return vec![];
    }
    if given.mid_term_goal_text.trim().is_empty() {
        fields.refuse("mid_term_goal_text", "列有中长期指标的，须填中长期目标");
    }
    for (index, one) in given.mid_term_indicators.iter().enumerate() {
        if one.weight.as_ref().is_some_and(|weight| !weight.value.is_empty()) {
            fields.refuse(&format!("{list}[{index}].weight"), "中长期指标不设分值");
        }
    }
    let weightless = |one: &pb::TargetIndicator| pb::TargetIndicator {
        weight: Some(words::decimal(Decimal::ZERO)),
        ..one.clone()
    };
    let rows: Vec<_> = given.mid_term_indicators.iter().map(weightless).collect();
    parse_indicators(list, &rows, year, fields)
}

/// The leaves of a target, each complete in itself.
pub(crate) fn parse_indicators(
    list: &str,
    given: &[pb::TargetIndicator],
    year: FiscalYear,
    fields: &mut Fields,
) -> Vec<Indicator> {
    if given.is_empty() || given.len() > 200 {
        fields.refuse(list, "须有 1 至 200 个指标");
    }
    let mut codes = HashSet::new();
    let mut indicators = Vec::with_capacity(given.len());
    for (index, indicator) in given.iter().enumerate() {
        let mut at = Leaf { path: format!("{list}[{index}]"), fields };
        let parsed = at.parse(indicator, year);
        if !codes.insert(parsed.code.clone()) {
            at.refuse("code", "指标编号重复");
        }
        indicators.push(parsed);
    }
    indicators
}

/// One leaf being read: its path, and where faults go.
struct Leaf<'a> {
    path: String,
    fields: &'a mut Fields,
}

impl Leaf<'_> {
    fn refuse(&mut self, field: &str, message: &str) {
        self.fields.refuse(&format!("{}.{field}", self.path), message);
    }

    fn text(&mut self, field: &str, text: &str, longest: usize) -> String {
        self.fields.text(&format!("{}.{field}", self.path), text, longest)
    }

    fn filled(&mut self, field: &str, text: &str, longest: usize) -> String {
        self.fields.filled(&format!("{}.{field}", self.path), text, longest)
    }

    fn parse(&mut self, given: &pb::TargetIndicator, year: FiscalYear) -> Indicator {
        let (nature, operator) = parse_operator(given.operator);
        let value = self.fields.decimal(&format!("{}.value", self.path), given.value.as_ref());
        let mut indicator = Indicator {
            code: self.filled("code", &given.code, 60),
            level1: self.filled("level1", &given.level1, 60),
            level2: self.text("level2", &given.level2, 60),
            title: self.filled("title", &given.title, 200),
            catalog_indicator: self.text("catalog_indicator", &given.catalog_indicator, 256),
            nature,
            operator,
            value,
            value_text: self.text("value_text", &given.value_text, 200),
            unit: self.text("unit", &given.unit, 30),
            direction: super::parse_direction(given.direction),
            weight: self.weight(given),
            interim: self.interim(given),
            evidence_plan: self.text("evidence_plan", &given.evidence_plan, 1000),
        };
        if let Err(contradiction) = indicator.complete(year) {
            self.refuse("value", contradiction);
        }
        indicator
    }

    fn weight(&mut self, given: &pb::TargetIndicator) -> Decimal {
        let path = format!("{}.weight", self.path);
        let weight = self.fields.decimal(&path, given.weight.as_ref());
        let weight = self.fields.required(&path, weight).unwrap_or_default();
        if weight.is_sign_negative() || weight > Decimal::ONE_HUNDRED {
            self.refuse("weight", "分值须在 0 至 100 之间");
        }
        weight
    }

    fn interim(&mut self, given: &pb::TargetIndicator) -> Vec<Interim> {
        let mut interim: Vec<Interim> = Vec::with_capacity(given.interim_values.len());
        for (index, one) in given.interim_values.iter().enumerate() {
            let path = format!("{}.interim_values[{index}]", self.path);
            let value = self.fields.decimal(&format!("{path}.value"), one.value.as_ref());
            let value = self.fields.required(&format!("{path}.value"), value).unwrap_or_default();
            let month = u8::try_from(one.month).ok().filter(|month| (1..=12).contains(month));
            let month = self.fields.required(&format!("{path}.month"), month).unwrap_or_default();
            if interim.iter().any(|other| other.month == month) {
                self.fields.refuse(&format!("{path}.month"), "月份重复");
            }
            interim.push(Interim { month, value });
        }
        interim.sort_by_key(|interim| interim.month);
        interim
    }
}

//! Findings, runs and what they found; and targets as they are published.

use hengji_db::Stored;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::convert as words;
use hengji_rules::Severity;

use crate::domain::{Concern, QualityReport, QualityRun, QualityStatistic, Remark, TargetVersion};

pub(crate) fn findings(remarks: &[Remark]) -> Vec<pb::QualityFinding> {
    remarks.iter().map(finding).collect()
}

fn finding(remark: &Remark) -> pb::QualityFinding {
    let finding = &remark.finding;
    pb::QualityFinding {
        code: finding.code.clone(),
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        }
        .into(),
        field: finding.path.clone(),
        message: finding.message.clone(),
        aspect: match remark.aspect {
            Concern::Generic => pb::QualityAspect::Generic,
            Concern::Unmeasurable => pb::QualityAspect::Unmeasurable,
            Concern::Other => pb::QualityAspect::Other,
        }
        .into(),
        suggestions: vec![],
    }
}

pub(crate) fn quality_run(stored: &Stored<QualityRun>) -> pb::QualityRun {
    let record = &stored.record;
    pb::QualityRun {
        name: record.resource_name(),
        state: super::run_state(record.state).into(),
        starter: record.starter.clone(),
        targets_total: count(record.total),
        targets_checked: count(record.checked),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
        not_before: record.not_before.map(words::timestamp),
    }
}

pub(crate) fn quality_statistic(stored: &Stored<QualityStatistic>) -> pb::QualityStatistic {
    let record = &stored.record;
    pb::QualityStatistic {
        name: record.resource_name(),
        region: record.region.to_string(),
        unit: record.unit.to_string(),
        targets: count(record.targets),
        indicators: count(record.indicators),
        generic: count(record.generic),
        unmeasurable: count(record.unmeasurable),
        generic_percent: record.percent(record.generic).map(words::decimal),
        unmeasurable_percent: record.percent(record.unmeasurable).map(words::decimal),
        errors: count(record.errors),
        warnings: count(record.warnings),
        notices: count(record.notices),
    }
}

pub(crate) fn quality_report(stored: &Stored<QualityReport>) -> pb::QualityReport {
    let record = &stored.record;
    pb::QualityReport {
        name: record.resource_name(),
        target: record.target.clone(),
        title: record.title.clone(),
        unit: record.unit.to_string(),
        target_version: record.target_version,
        findings: findings(&record.remarks),
    }
}

fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Only the classes that may be told; those left out are named.
pub(crate) fn published(version: &TargetVersion, classes: &[pb::FieldClass]) -> pb::PublishedTarget {
    use pb::FieldClass::{Content, Money, Organization};
    let record = &version.0;
    let contents = &record.contents;
    let withheld = [Content, Money, Organization].into_iter().filter(|class| !classes.contains(class));
    let mut target = pb::PublishedTarget {
        name: record.resource_name(),
        target_version: record.target_version,
        approve_time: record.approved_at.map(words::timestamp),
        object_kind: super::object_kind(record.object.kind).into(),
        title: if record.project().is_some() || classes.contains(&Organization) {
            record.object.title.clone()
        } else {
            String::new()
        },
        withheld: withheld.map(Into::into).collect(),
        ..Default::default()
    };
    if classes.contains(&Content) {
        target.goal_text.clone_from(&contents.goal_text);
        target.mid_term_goal_text.clone_from(&contents.mid_term_goal_text);
        let indicators = contents.indicators.iter().map(|indicator| pb::PublishedIndicator {
            level1: indicator.level1.clone(),
            level2: indicator.level2.clone(),
            title: indicator.title.clone(),
            value_text: indicator.value_text.clone(),
            unit: indicator.unit.clone(),
            weight: Some(words::decimal(indicator.weight)),
        });
        target.indicators = indicators.collect();
    }
    if classes.contains(&Money) {
        target.budget_yuan = Some(words::money(contents.budget));
    }
    if classes.contains(&Organization) {
        target.object.clone_from(&record.object.name);
        target.unit = record.object.unit.to_string();
    }
    target
}

//! Quality of a target before it goes on (泛指标化 and the other checks of the rule pack).

use std::collections::HashMap;

use hengji_kernel::Decimal;
use hengji_rules::pack::QualityCheck;
use hengji_rules::quality::{DraftIndicator, TargetDraft, check};
use hengji_rules::{EffectivePack, Finding, Nature, ObjectType, Severity};

use serde::{Deserialize, Serialize};

use super::{Indicator, Target};

/// A share of fewer targets than this says nothing about how generic a name is.
const SMALLEST_SAMPLE: u32 = 20;

/// How often indicator names are used in one region and year.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage {
    /// Targets of the year.
    pub(crate) targets: u32,
    /// By normalised name.
    pub(crate) uses: HashMap<String, u32>,
}

impl Usage {
    fn percent(&self, name: &str) -> Option<Decimal> {
        let uses = self.uses.get(name)?;
        (self.targets >= SMALLEST_SAMPLE)
            .then(|| Decimal::from(*uses) * Decimal::ONE_HUNDRED / Decimal::from(self.targets))
    }
}

/// An indicator's name without spaces, punctuation and the project's own name.
pub(crate) fn common_name(title: &str, object: &str) -> String {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (title, object) = (bare(title), bare(object));
    let rest = if object.is_empty() { title.clone() } else { title.replace(&object, "") };
    if rest.is_empty() { title } else { rest }
}

/// What a finding speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Concern {
    /// 泛指标: says the same of every project.
    Generic,
    /// 不可衡量: no value that could be met or missed.
    Unmeasurable,
    Other,
}

impl Concern {
    const fn of(check: &QualityCheck) -> Self {
        use QualityCheck as C;
        match check {
            C::GenericName { .. } | C::Slogans { .. } | C::NameIsLevel {} => Self::Generic,
            C::Readable { .. } | C::Criteria {} | C::ZeroTarget { .. } => Self::Unmeasurable,
            _ => Self::Other,
        }
    }
}

/// A finding with what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remark {
    pub(crate) finding: Finding,
    pub(crate) aspect: Concern,
}

impl Remark {
    /// Place of the indicator it is about, if it is about one.
    pub(crate) fn indicator(&self) -> Option<usize> {
        indicator_at(&self.finding.path)
    }
}

/// 2 of `indicators[2].title`.
pub(crate) fn indicator_at(path: &str) -> Option<usize> {
    path.strip_prefix("indicators[")?.split_once(']')?.0.parse().ok()
}

/// What the checks found, errors first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quality {
    pub(crate) remarks: Vec<Remark>,
    /// An error is about weights.
    pub(crate) weights_wrong: bool,
}

impl Quality {
    pub(crate) fn of(target: &Target, pack: &EffectivePack, usage: &Usage) -> Self {
        let mut findings = check(&draft(target, usage), pack);
        for finding in &mut findings {
            finding.path = contract_path(&finding.path);
        }
        findings.sort_by_key(|finding| finding.severity);
        let check_of = |code: &str| {
            let rule = pack.rules.target_quality.iter().find(|rule| rule.id == code);
            rule.map(|rule| &rule.rule.check)
        };
        let weights_wrong = findings.iter().any(|found| {
            found.severity == Severity::Error
                && matches!(check_of(&found.code), Some(QualityCheck::WeightSums {}))
        });
        let remark = |finding: Finding| {
            let aspect = check_of(&finding.code).map_or(Concern::Other, Concern::of);
            Remark { finding, aspect }
        };
        Self { remarks: findings.into_iter().map(remark).collect(), weights_wrong }
    }

    /// The only thing to say where no rules are in force.
    pub(crate) fn without_rules(reason: &str) -> Self {
        let finding = Finding::new("rules.missing", Severity::Error, "", reason);
        Self { remarks: vec![Remark { finding, aspect: Concern::Other }], weights_wrong: false }
    }

    pub(crate) fn errors(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.remarks.iter().map(|remark| &remark.finding);
        findings.filter(|finding| finding.severity == Severity::Error)
    }
}

/// The rules speak of drafts, the contract of targets: `indicators[2].name` is its `indicators[2].title`.
fn contract_path(path: &str) -> String {
    let Some((head, field)) = path.rsplit_once('.') else { return path.to_owned() };
    let field = match field {
        "name" => "title",
        "target" => "value_text",
        "criteria" | "survey_plan" => "evidence_plan",
        other => other,
    };
    format!("{head}.{field}")
}

fn draft(target: &Target, usage: &Usage) -> TargetDraft {
    TargetDraft {
        project_name: target.object.title.clone(),
        year: target.year,
        // 财预〔2021〕61号: a bond's target states its cost; 财预〔2021〕101号: so do construction, large repair and purchase
        cost_required: target.object.kind == ObjectType::Bond || target.object.states_cost,
        budget: Some(target.contents.budget),
        last_budget: None,
        indicators: target
            .contents
            .indicators
            .iter()
            .map(|indicator| leaf(target, indicator, usage))
            .collect(),
    }
}

fn leaf(target: &Target, indicator: &Indicator, usage: &Usage) -> DraftIndicator {
    let planned = !indicator.evidence_plan.is_empty();
    DraftIndicator {
        level1: indicator.level1.clone(),
        level2: indicator.level2.clone(),
        name: indicator.title.clone(),
        target_text: indicator.value_text.clone(),
        target: match indicator.nature {
            Nature::Quantitative => indicator.measure(target.year),
            Nature::Qualitative => None,
        },
        nature: indicator.nature,
        direction: indicator.direction,
        weight: indicator.weight,
        has_criteria: planned,
        has_survey_plan: planned,
        mid_term: false,
        common: !indicator.catalog_indicator.is_empty(),
        used_by_percent: usage.percent(&common_name(&indicator.title, &target.object.title)),
        last_actual: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn codes(target: &Target, usage: &Usage) -> Vec<String> {
        let pack = sample::pack(ObjectType::Project);
        Quality::of(target, &pack, usage).remarks.into_iter().map(|remark| remark.finding.code).collect()
    }

    #[test]
    fn a_sound_target_has_no_findings() {
        assert_eq!(codes(&sample::target(), &Usage::default()), Vec::<String>::new());
    }

    #[test]
    fn errors_come_first_and_say_where_in_the_words_of_the_contract() {
        let mut target = sample::target();
        target.contents.indicators[0].weight = Decimal::from(40);
        target.contents.indicators[1].value_text = "明显提高".into();
        (target.contents.indicators[1].value, target.contents.indicators[1].operator) = (None, None);
        target.contents.indicators[2].title = "有效促进发展".into();
        let quality = Quality::of(&target, &sample::pack(ObjectType::Project), &Usage::default());
        assert!(quality.weights_wrong);
        let paths: Vec<_> =
            quality.remarks.iter().map(|one| (one.finding.severity, one.finding.path.as_str())).collect();
        assert!(paths.contains(&(Severity::Error, "indicators[1].value_text")), "{paths:?}");
        assert!(paths.contains(&(Severity::Warning, "indicators[2].title")), "{paths:?}");
        assert!(paths.is_sorted_by_key(|(severity, _)| *severity), "{paths:?}");
    }

    #[test]
    fn a_unit_beside_the_text_is_read_with_it() {
        let mut target = sample::target();
        target.contents.indicators[0].value_text = "≥120".into();
        target.contents.indicators[0].unit = "公里".into();
        assert_eq!(codes(&target, &Usage::default()), Vec::<String>::new());
    }

    #[test]
    fn a_name_used_by_a_third_of_the_year_is_generic_unless_it_is_common() {
        let mut target = sample::target();
        let name = common_name(&target.contents.indicators[2].title, &target.object.title);
        for (targets, uses, generic) in [(100, 40, true), (100, 20, false), (10, 9, false)] {
            let usage = Usage { targets, uses: HashMap::from([(name.clone(), uses)]) };
            assert_eq!(codes(&target, &usage) == ["C8"], generic, "{uses} of {targets}");
        }
        target.contents.indicators[2].catalog_indicator = "indicators/X".into();
        let usage = Usage { targets: 100, uses: HashMap::from([(name, 40)]) };
        assert!(codes(&target, &usage).is_empty());
    }

    #[test]
    fn names_are_compared_without_spaces_marks_and_the_project() {
        assert_eq!(common_name("农村公路养护 完成率（%）", "农村公路养护"), "完成率");
        assert_eq!(common_name("农村公路养护", "农村公路养护"), "农村公路养护");
    }

    #[test]
    fn a_bond_target_states_its_cost() {
        let mut target = sample::target();
        target.object.kind = ObjectType::Bond;
        assert!(codes(&target, &Usage::default()).contains(&"C1".to_owned()));
    }
}

//! Review on the four natures (完整性、相关性、适当性、可行性; 财预〔2015〕88号).

use hengji_kernel::{Decimal, Grade, Timestamp};
use hengji_rules::pack::{Decision, ReviewItem, Reviewer};
use hengji_rules::review::{ItemPoints, ReviewResult};
use hengji_rules::{EffectivePack, Explanation};
use serde::{Deserialize, Serialize};

use super::Target;
use crate::error::Refusal;

/// Who reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Unit,
    SuperiorUnit,
    Department,
    FinanceLine,
    /// Its performance unit.
    Finance,
    ThirdParty,
    Expert,
}

impl Stage {
    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Unit => Reviewer::Unit,
            Self::SuperiorUnit => Reviewer::SuperiorUnit,
            Self::Department => Reviewer::Department,
            Self::FinanceLine => Reviewer::FinanceLine,
            Self::Finance => Reviewer::FinancePerformance,
            Self::ThirdParty => Reviewer::ThirdParty,
            Self::Expert => Reviewer::Expert,
        }
        .chinese()
    }

    pub(crate) const fn is_finance(self) -> bool {
        matches!(self, Self::FinanceLine | Self::Finance)
    }
}

impl From<Reviewer> for Stage {
    fn from(reviewer: Reviewer) -> Self {
        match reviewer {
            Reviewer::Unit => Self::Unit,
            Reviewer::SuperiorUnit => Self::SuperiorUnit,
            Reviewer::Department => Self::Department,
            Reviewer::FinanceLine => Self::FinanceLine,
            Reviewer::FinancePerformance => Self::Finance,
            Reviewer::ThirdParty => Self::ThirdParty,
            Reviewer::Expert => Self::Expert,
        }
    }
}

/// Who decides, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reviewing<'a> {
    pub(crate) account: &'a str,
    /// 委托人, where the account is a delegate.
    pub(crate) on_behalf_of: Option<&'a str>,
}

impl Reviewing<'_> {
    /// Both people a decision counts as having been made by.
    pub(crate) fn is_or_stands_for(&self, account: &str) -> bool {
        self.account == account || self.on_behalf_of == Some(account)
    }
}

/// A remark on one field (逐项审核意见).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) field: String,
    pub(crate) text: String,
}

const TARGET_FIELDS: [&str; 5] = ["goal_text", "mid_term_goal_text", "template", "budget_yuan", "indicators"];
const INDICATOR_FIELDS: [&str; 11] = [
    "level1",
    "level2",
    "title",
    "catalog_indicator",
    "operator",
    "value_text",
    "unit",
    "direction",
    "weight",
    "interim_values",
    "evidence_plan",
];

impl Target {
    /// Comments are about fields this target has.
    pub(crate) fn demand_fields(&self, comments: &[Comment]) -> Result<(), Refusal> {
        match comments.iter().position(|comment| !self.has_field(&comment.field)) {
            Some(index) => Err(Refusal::Field(format!("comments[{index}].field"), "目标没有这个栏目".into())),
            None => Ok(()),
        }
    }

    /// `goal_text`, `indicators[2]` or `indicators[2].value_text`.
    fn has_field(&self, path: &str) -> bool {
        let Some((index, rest)) = path.strip_prefix("indicators[").and_then(|rest| rest.split_once(']'))
        else {
            return TARGET_FIELDS.contains(&path);
        };
        let exists = index.parse::<usize>().is_ok_and(|index| index < self.contents.indicators.len());
        exists
            && (rest.is_empty()
                || rest.strip_prefix('.').is_some_and(|field| INDICATOR_FIELDS.contains(&field)))
    }
}

/// Points on the four natures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NaturePoints {
    /// 完整性
    pub(crate) completeness: Decimal,
    /// 相关性
    pub(crate) relevance: Decimal,
    /// 适当性
    pub(crate) suitability: Decimal,
    /// 可行性
    pub(crate) feasibility: Decimal,
}

impl NaturePoints {
    /// Each nature's word in rule packs, its field in the contract, and its points.
    fn each(&self) -> [(&'static str, &'static str, Decimal); 4] {
        [
            ("完整性", "completeness_points", self.completeness),
            ("相关性", "relevance_points", self.relevance),
            ("适当性", "suitability_points", self.suitability),
            ("可行性", "feasibility_points", self.feasibility),
        ]
    }
}

/// One review of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Review {
    pub(crate) stage: Stage,
    pub(crate) reviewer: String,
    /// None where it was sent back without points (直接退回).
    #[serde(flatten)]
    pub(crate) graded: Option<Graded>,
    pub(crate) decision: Decision,
    pub(crate) opinion: String,
    pub(crate) at: Timestamp,
    #[serde(default)]
    pub(crate) comments: Vec<Comment>,
    /// 委托人, where the reviewer was a delegate.
    #[serde(default)]
    pub(crate) on_behalf_of: Option<String>,
}

/// What points lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Graded {
    pub(crate) points: NaturePoints,
    pub(crate) grade: Grade,
    pub(crate) explanation: Explanation,
}

impl Review {
    /// The target goes on.
    pub(crate) const fn passes(&self) -> bool {
        matches!(self.decision, Decision::Pass | Decision::CorrectInPlace)
    }

    pub(crate) fn reviewing(&self) -> Reviewing<'_> {
        Reviewing { account: &self.reviewer, on_behalf_of: self.on_behalf_of.as_deref() }
    }
}

/// Why points could not be graded: what the reviewer can mend by field, or that the rules in force do not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ungraded {
    Fields(Vec<(String, String)>),
    Pack(String),
}

/// Grade and consequence by the rule pack. The pack lists items below each nature; points come by nature, so a nature is
/// worth what its items are worth together.
pub(crate) fn grade(points: &NaturePoints, pack: &EffectivePack) -> Result<ReviewResult, Ungraded> {
    let mut pack = pack.clone();
    if let Some(rule) = &mut pack.rules.target_review {
        rule.rule.items = by_nature(&rule.rule.items);
    }
    let given: Vec<ItemPoints> =
        points.each().map(|(item, _, points)| ItemPoints { item: item.into(), points }).into();
    hengji_rules::review::grade(&given, &pack).map_err(|refusals| {
        let field = |subject: &str| {
            points.each().iter().find(|(word, ..)| *word == subject).map(|(_, field, _)| (*field).to_owned())
        };
        let fields: Option<Vec<_>> = refusals
            .iter()
            .map(|refusal| match refusal.rule.as_str() {
                "review.points" => Some((field(&refusal.subject)?, refusal.message.clone())),
                _ => None,
            })
            .collect();
        fields.map_or_else(
            || Ungraded::Pack(refusals.first().map(ToString::to_string).unwrap_or_default()),
            Ungraded::Fields,
        )
    })
}

fn by_nature(items: &[ReviewItem]) -> Vec<ReviewItem> {
    let mut natures: Vec<ReviewItem> = Vec::new();
    for item in items {
        match natures.iter_mut().find(|nature| nature.item == item.aspect) {
            Some(nature) => nature.points = nature.points.saturating_add(item.points),
            None => natures.push(ReviewItem { item: item.aspect.clone(), ..item.clone() }),
        }
    }
    natures
}

#[cfg(test)]
mod tests {
    use hengji_rules::ObjectType;

    use super::*;
    use crate::domain::sample;

    fn points(numbers: [&str; 4]) -> NaturePoints {
        let [completeness, relevance, suitability, feasibility] =
            numbers.map(|number| number.parse().unwrap());
        NaturePoints { completeness, relevance, suitability, feasibility }
    }

    #[test]
    fn each_grade_leads_to_its_consequence() {
        let pack = sample::pack(ObjectType::Project);
        for (numbers, expected, decision) in [
            (["20", "30", "30", "20"], Grade::Excellent, Decision::Pass),
            (["18", "27", "27", "18"], Grade::Excellent, Decision::Pass),
            (["18", "27", "27", "17.9"], Grade::Good, Decision::CorrectInPlace),
            (["16", "24", "24", "16"], Grade::Good, Decision::CorrectInPlace),
            (["12", "18", "18", "12"], Grade::Fair, Decision::Return),
            (["12", "18", "18", "11.9"], Grade::Poor, Decision::Reject),
            (["0", "0", "0", "0"], Grade::Poor, Decision::Reject),
        ] {
            let result = grade(&points(numbers), &pack).unwrap();
            assert_eq!((result.grade, result.decision), (expected, decision), "{numbers:?}");
            assert_eq!(result.explanation.document, "财预〔2015〕88号");
        }
    }

    #[test]
    fn refuses_points_above_their_nature_all_at_once() {
        let pack = sample::pack(ObjectType::Project);
        let Err(Ungraded::Fields(fields)) = grade(&points(["21", "30", "30.5", "-1"]), &pack) else {
            panic!("graded")
        };
        let names: Vec<_> = fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(names, ["completeness_points", "suitability_points", "feasibility_points"]);
    }

    #[test]
    fn a_pack_without_review_rules_does_not_fit() {
        let mut pack = sample::pack(ObjectType::Project);
        pack.rules.target_review = None;
        assert!(matches!(grade(&points(["20", "30", "30", "20"]), &pack), Err(Ungraded::Pack(_))));
    }
}

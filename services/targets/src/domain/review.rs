//! Review on the four natures (完整性、相关性、适当性、可行性; 财预〔2015〕88号).

use hengji_kernel::{Decimal, Grade, Timestamp};
use hengji_rules::pack::{Decision, ReviewItem};
use hengji_rules::review::{ItemPoints, ReviewResult};
use hengji_rules::{EffectivePack, Explanation};
use serde::{Deserialize, Serialize};

/// Who reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// 主管部门审核
    Department,
    /// 财政部门审核
    Finance,
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
    pub(crate) points: NaturePoints,
    pub(crate) grade: Grade,
    pub(crate) decision: Decision,
    pub(crate) opinion: String,
    pub(crate) explanation: Explanation,
    pub(crate) at: Timestamp,
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

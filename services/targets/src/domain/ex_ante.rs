//! Ex-ante assessment (事前绩效评估, 中发〔2018〕34号): scored by experts, averaged, graded, concluded.

use hengji_kernel::{Date, Decimal, FiscalYear, Grade, Money, RegionCode, Timestamp, UnitCode, name};
use hengji_rules::ex_ante::{AspectScore, conclude};
use hengji_rules::pack::{Conclusion, RoundingMode};
use hengji_rules::{EffectivePack, Explanation};
use rust_decimal::RoundingStrategy;
use serde::{Deserialize, Serialize};

use super::Project;
use crate::error::Refusal;

/// One expert's points for one aspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExpertScore {
    pub(crate) aspect: String,
    pub(crate) expert: String,
    pub(crate) points: Decimal,
}

/// What must be amended; monitored until proven done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Condition {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) due: Option<Date>,
}

/// Grade and conclusion of an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) total: Decimal,
    pub(crate) grade: Grade,
    pub(crate) conclusion: Conclusion,
    pub(crate) conditions: Vec<Condition>,
    /// 核减金额
    pub(crate) cut: Money,
    pub(crate) explanation: Explanation,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Assessment {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) unit: UnitCode,
    pub(crate) scores: Vec<ExpertScore>,
    /// Present once concluded.
    pub(crate) outcome: Option<Outcome>,
}

/// Why scores do not fit: by aspect, or because the rules in force do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfit {
    Refused(Refusal),
    /// Aspect and message.
    Aspects(Vec<(String, String)>),
    Pack(String),
}

impl From<Refusal> for Unfit {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Assessment {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "exAnteAssessments", &self.id)
    }

    /// True if money may follow: supported, or supported after amendment.
    pub(crate) fn supports(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| {
            matches!(outcome.conclusion, Conclusion::Support | Conclusion::SupportAfterAmendment)
        })
    }

    pub(crate) fn cut(&self) -> Money {
        self.outcome.as_ref().map_or(Money::ZERO, |outcome| outcome.cut)
    }

    /// Takes one expert's points on every aspect; points the same expert gave before are replaced.
    pub(crate) fn score(
        &mut self,
        project: &Project,
        caller: &str,
        expert: &str,
        scores: Vec<AspectScore>,
        pack: &EffectivePack,
    ) -> Result<(), Unfit> {
        if self.outcome.is_some() {
            return Err(Refusal::AssessmentConcluded(self.resource_name()).into());
        }
        if project.declarer == caller || project.declarer == expert {
            return Err(Refusal::DeclarerScores.into());
        }
        conclude(&scores, pack).map_err(unfit)?;
        self.scores.retain(|score| score.expert != expert);
        self.scores.extend(scores.into_iter().map(|score| ExpertScore {
            aspect: score.aspect,
            expert: expert.to_owned(),
            points: score.points,
        }));
        Ok(())
    }

    /// Averages over the experts, grades and concludes by the rule pack.
    pub(crate) fn conclude(
        &mut self,
        project: &Project,
        conditions: Vec<Condition>,
        cut: Money,
        pack: &EffectivePack,
        now: Timestamp,
    ) -> Result<&Outcome, Unfit> {
        if self.outcome.is_some() {
            return Err(Refusal::AssessmentConcluded(self.resource_name()).into());
        }
        if self.scores.is_empty() {
            return Err(Refusal::AssessmentUnscored(self.resource_name()).into());
        }
        if cut.is_negative() || cut > project.request {
            let message = format!("核减金额须在 0 至申报金额 {} 元之间", project.request);
            return Err(Refusal::Field("cut_yuan".into(), message).into());
        }
        let result = conclude(&self.averages(pack), pack).map_err(unfit)?;
        if result.conclusion == Conclusion::SupportAfterAmendment && conditions.is_empty() {
            return Err(Refusal::ConditionsMissing(self.resource_name()).into());
        }
        if result.conclusion != Conclusion::SupportAfterAmendment && !conditions.is_empty() {
            let message = format!("结论为“{}”，不应列条件", result.conclusion.chinese());
            return Err(Refusal::Field("conditions".into(), message).into());
        }
        let experts = self.experts().to_string();
        Ok(self.outcome.insert(Outcome {
            total: result.total,
            grade: result.grade,
            conclusion: result.conclusion,
            conditions,
            cut,
            explanation: result.explanation.input("打分专家人数", experts),
            at: now,
        }))
    }

    fn experts(&self) -> usize {
        let mut experts: Vec<_> = self.scores.iter().map(|score| &score.expert).collect();
        experts.sort_unstable();
        experts.dedup();
        experts.len()
    }

    /// The mean of each aspect, rounded as the pack rounds a row.
    fn averages(&self, pack: &EffectivePack) -> Vec<AspectScore> {
        let (strategy, places) =
            pack.rules.rounding.as_ref().map_or((RoundingStrategy::MidpointAwayFromZero, 2), |cited| {
                (strategy(cited.rule.mode), cited.rule.row_places)
            });
        let mut averages: Vec<(String, Decimal, u32)> = Vec::new();
        for score in &self.scores {
            match averages.iter_mut().find(|(aspect, ..)| *aspect == score.aspect) {
                Some((_, sum, count)) => {
                    *sum = sum.saturating_add(score.points);
                    *count += 1;
                }
                None => averages.push((score.aspect.clone(), score.points, 1)),
            }
        }
        let mean = |(aspect, sum, count): (String, Decimal, u32)| AspectScore {
            aspect,
            points: (sum / Decimal::from(count)).round_dp_with_strategy(places, strategy),
        };
        averages.into_iter().map(mean).collect()
    }
}

const fn strategy(mode: RoundingMode) -> RoundingStrategy {
    match mode {
        RoundingMode::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        RoundingMode::HalfEven => RoundingStrategy::MidpointNearestEven,
        RoundingMode::Down => RoundingStrategy::ToZero,
        RoundingMode::Up => RoundingStrategy::AwayFromZero,
    }
}

fn unfit(refusals: Vec<hengji_rules::Refusal>) -> Unfit {
    let by_aspect = |refusal: &hengji_rules::Refusal| {
        matches!(refusal.rule.as_str(), "ex_ante.points" | "ex_ante.aspect" | "ex_ante.unknown_aspect")
    };
    if refusals.iter().all(by_aspect) {
        return Unfit::Aspects(
            refusals.into_iter().map(|refusal| (refusal.subject, refusal.message)).collect(),
        );
    }
    Unfit::Pack(
        refusals.into_iter().find(|refusal| !by_aspect(refusal)).map(|r| r.message).unwrap_or_default(),
    )
}

#[cfg(test)]
pub(super) fn sample(total: u32) -> Assessment {
    let project = super::sample::project();
    let pack = super::sample::pack(hengji_rules::ObjectType::Project);
    let mut assessment = Assessment {
        region: project.region.clone(),
        year: project.year,
        id: "E1".into(),
        project: project.resource_name(),
        unit: project.unit.clone(),
        scores: vec![],
        outcome: None,
    };
    assessment.score(&project, "accounts/finance", "专家甲", tests::even(total), &pack).unwrap();
    let conditions = if (80..90).contains(&total) {
        vec![Condition { id: "1".into(), text: "细化绩效目标".into(), due: None }]
    } else {
        vec![]
    };
    assessment.conclude(&project, conditions, Money::ZERO, &pack, Timestamp(0)).unwrap();
    assessment
}

#[cfg(test)]
mod tests {
    use hengji_rules::ObjectType;

    use super::*;
    use crate::domain::sample as samples;

    const ASPECTS: [&str; 5] = ["立项必要性", "投入经济性", "绩效目标合理性", "实施方案可行性", "筹资合规性"];

    pub(super) fn even(total: u32) -> Vec<AspectScore> {
        let points = Decimal::from(total) / Decimal::from(5);
        ASPECTS.map(|aspect| AspectScore { aspect: aspect.into(), points }).into()
    }

    fn open() -> Assessment {
        Assessment { scores: vec![], outcome: None, ..super::sample(100) }
    }

    #[test]
    fn each_grade_leads_to_its_conclusion() {
        for (total, grade, conclusion, supports) in [
            (95, Grade::Excellent, Conclusion::Support, true),
            (85, Grade::Good, Conclusion::SupportAfterAmendment, true),
            (70, Grade::Fair, Conclusion::Resubmit, false),
            (40, Grade::Poor, Conclusion::Refuse, false),
        ] {
            let assessment = super::sample(total);
            let outcome = assessment.outcome.as_ref().unwrap();
            assert_eq!((outcome.grade, outcome.conclusion), (grade, conclusion), "{total}");
            assert_eq!(assessment.supports(), supports, "{total}");
        }
    }

    #[test]
    fn experts_are_averaged_and_a_second_filing_replaces_the_first() {
        let (project, pack) = (samples::project(), samples::pack(ObjectType::Project));
        let mut assessment = open();
        for (expert, total) in [("甲", 10), ("甲", 90), ("乙", 95), ("丙", 100)] {
            assessment.score(&project, "accounts/finance", expert, even(total), &pack).unwrap();
        }
        let outcome = assessment.conclude(&project, vec![], Money::ZERO, &pack, Timestamp(0)).unwrap();
        assert_eq!((outcome.total, outcome.grade), (Decimal::from(95), Grade::Excellent));
        assert!(outcome.explanation.inputs.iter().any(|input| input.value == "3"));
    }

    #[test]
    fn refuses_the_declarer_missing_aspects_and_points_above_the_aspect() {
        let (project, pack) = (samples::project(), samples::pack(ObjectType::Project));
        let mut assessment = open();
        let own = assessment.score(&project, samples::DECLARER, "甲", even(90), &pack);
        assert_eq!(own, Err(Unfit::Refused(Refusal::DeclarerScores)));
        let mut scores = even(90);
        scores[0].points = Decimal::from(21);
        scores[1].aspect = "环保性".into();
        let Err(Unfit::Aspects(faults)) = assessment.score(&project, "accounts/f", "甲", scores, &pack)
        else {
            panic!("scored")
        };
        let aspects: Vec<_> = faults.iter().map(|(aspect, _)| aspect.as_str()).collect();
        assert_eq!(aspects, ["立项必要性", "投入经济性", "环保性"]);
        assert!(assessment.scores.is_empty());
    }

    #[test]
    fn concludes_once_with_scores_and_with_the_conditions_its_grade_asks_for() {
        let (project, pack) = (samples::project(), samples::pack(ObjectType::Project));
        let mut assessment = open();
        let empty = assessment.conclude(&project, vec![], Money::ZERO, &pack, Timestamp(0)).cloned();
        assert!(matches!(empty, Err(Unfit::Refused(Refusal::AssessmentUnscored(_)))));
        assessment.score(&project, "accounts/f", "甲", even(85), &pack).unwrap();
        let bare = assessment.conclude(&project, vec![], Money::ZERO, &pack, Timestamp(0)).cloned();
        assert!(matches!(bare, Err(Unfit::Refused(Refusal::ConditionsMissing(_)))));
        let cut =
            assessment.conclude(&project, vec![], "1000001".parse().unwrap(), &pack, Timestamp(0)).cloned();
        assert!(matches!(cut, Err(Unfit::Refused(Refusal::Field(..)))));
        let condition = Condition { id: "1".into(), text: "细化绩效目标".into(), due: None };
        assessment.conclude(&project, vec![condition], Money::ZERO, &pack, Timestamp(0)).unwrap();
        let again = assessment.score(&project, "accounts/f", "乙", even(85), &pack);
        assert!(matches!(again, Err(Unfit::Refused(Refusal::AssessmentConcluded(_)))));
    }
}

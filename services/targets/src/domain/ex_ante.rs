//! Ex-ante assessment (事前绩效评估, 中发〔2018〕34号): scored by experts, averaged, graded, concluded.

use hengji_kernel::{Date, Decimal, FiscalYear, Grade, Money, RegionCode, Timestamp, UnitCode, name};
use hengji_rules::ex_ante::{AspectScore, conclude};
use hengji_rules::pack::Conclusion;
use hengji_rules::{EffectivePack, Explanation, ObjectType};
use serde::{Deserialize, Serialize};

use super::Project;
use super::standing::{Aspect, standing};
use crate::error::Refusal;

/// One expert's points for one aspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExpertScore {
    pub(crate) aspect: String,
    pub(crate) expert: String,
    pub(crate) points: Decimal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScorerKind {
    /// 专家
    Expert,
    /// 第三方机构
    Institution,
}

/// Who scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scorer {
    pub(crate) name: String,
    pub(crate) kind: ScorerKind,
    /// `regions/.../organizations/...` of an institution.
    pub(crate) institution: Option<String>,
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
    /// 申报金额 it was concluded over.
    #[serde(default)]
    pub(crate) requested: Option<Money>,
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
    /// Whose aspects it follows.
    #[serde(default)]
    pub(crate) object_type: Option<ObjectType>,
    pub(crate) scores: Vec<ExpertScore>,
    /// In the order of their first scoring.
    #[serde(default)]
    pub(crate) scorers: Vec<Scorer>,
    /// The aspects as of the last change.
    #[serde(default)]
    pub(crate) aspects: Vec<Aspect>,
    /// Present once concluded.
    pub(crate) outcome: Option<Outcome>,
    /// A later one of the project is concluded.
    #[serde(default)]
    pub(crate) superseded: bool,
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

    /// What may be approved at most, where money was cut.
    pub(crate) fn ceiling(&self, project: &Project) -> Option<Money> {
        let outcome = self.outcome.as_ref().filter(|outcome| !outcome.cut.is_zero())?;
        Some(outcome.requested.unwrap_or(project.request) - outcome.cut)
    }

    /// The request that was assessed, where the conclusion supports it.
    pub(crate) fn supported_request(&self) -> Option<Money> {
        self.outcome.as_ref().filter(|_| self.supports()).and_then(|outcome| outcome.requested)
    }

    /// True if it is the one that counts for its project.
    pub(crate) fn counts(&self) -> bool {
        self.outcome.is_some() && !self.superseded
    }

    /// Opens it on the aspects of the rules in force.
    pub(crate) fn open(&mut self, pack: &EffectivePack) -> Result<(), Unfit> {
        self.aspects = standing(&[], pack).map_err(|refusal| Unfit::Pack(refusal.message))?;
        Ok(())
    }

    /// Takes one scorer's points on every aspect; points the same one gave before are replaced.
    pub(crate) fn score(
        &mut self,
        project: &Project,
        caller: &str,
        scorer: Scorer,
        scores: Vec<AspectScore>,
        pack: &EffectivePack,
    ) -> Result<(), Unfit> {
        if self.outcome.is_some() {
            return Err(Refusal::AssessmentConcluded(self.resource_name()).into());
        }
        if project.is_written_by(caller) || project.is_written_by(&scorer.name) {
            return Err(Refusal::DeclarerScores.into());
        }
        if scorer.institution.as_ref().is_some_and(|institution| project.advisers.contains(institution)) {
            return Err(Refusal::AdviserScores.into());
        }
        conclude(&scores, pack).map_err(unfit)?;
        self.scores.retain(|score| score.expert != scorer.name);
        self.scores.extend(scores.into_iter().map(|score| ExpertScore {
            aspect: score.aspect,
            expert: scorer.name.clone(),
            points: score.points,
        }));
        match self.scorers.iter_mut().find(|known| known.name == scorer.name) {
            Some(known) => *known = scorer,
            None => self.scorers.push(scorer),
        }
        self.aspects = standing(&self.scores, pack).map_err(|refusal| Unfit::Pack(refusal.message))?;
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
        let aspects = standing(&self.scores, pack).map_err(|refusal| Unfit::Pack(refusal.message))?;
        let result = conclude(&self.means(&aspects), pack).map_err(unfit)?;
        if result.conclusion == Conclusion::SupportAfterAmendment && conditions.is_empty() {
            return Err(Refusal::ConditionsMissing(self.resource_name()).into());
        }
        if result.conclusion != Conclusion::SupportAfterAmendment && !conditions.is_empty() {
            let message = format!("结论为“{}”，不应列条件", result.conclusion.chinese());
            return Err(Refusal::Field("conditions".into(), message).into());
        }
        let experts = self.totals().len().to_string();
        self.aspects = aspects;
        Ok(self.outcome.insert(Outcome {
            total: result.total,
            grade: result.grade,
            conclusion: result.conclusion,
            conditions,
            cut,
            requested: Some(project.request),
            explanation: result.explanation.input("打分专家人数", experts),
            at: now,
        }))
    }

    /// The mean of every aspect that was scored; one that is no aspect any more as it was given, for the rules to refuse.
    fn means(&self, aspects: &[Aspect]) -> Vec<AspectScore> {
        let mut means: Vec<AspectScore> = aspects
            .iter()
            .filter_map(|aspect| {
                let points = aspect.points.as_ref()?.mean;
                Some(AspectScore { aspect: aspect.name.clone(), points })
            })
            .collect();
        let foreign = |score: &&ExpertScore| !aspects.iter().any(|aspect| aspect.name == score.aspect);
        means.extend(
            self.scores
                .iter()
                .filter(foreign)
                .map(|score| AspectScore { aspect: score.aspect.clone(), points: score.points }),
        );
        means
    }

    /// Every scorer's total, in the order of their first scoring.
    pub(crate) fn totals(&self) -> Vec<(&str, Decimal)> {
        let mut totals: Vec<(&str, Decimal)> = vec![];
        for score in &self.scores {
            match totals.iter_mut().find(|(expert, _)| *expert == score.expert) {
                Some((_, total)) => *total = total.saturating_add(score.points),
                None => totals.push((&score.expert, score.points)),
            }
        }
        totals
    }

    /// Institutions among the scorers.
    pub(crate) fn institutions(&self) -> impl Iterator<Item = String> {
        self.scorers.iter().filter_map(|scorer| scorer.institution.clone())
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
pub(super) mod tests;

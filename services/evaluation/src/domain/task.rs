use hengji_kernel::{FiscalYear, Money, RegionCode, UnitCode, name};
use hengji_rules::ObjectType;
use serde::{Deserialize, Serialize};

use super::{Organization, Problem, Scorecard, Scored};
use crate::error::Refusal;

/// Who evaluates (评价方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EvaluationKind {
    #[serde(rename = "self")]
    Own,
    Department,
    Finance,
    DepartmentOverall,
    SocialInsuranceFund,
}

impl EvaluationKind {
    /// Evaluated by finance or an institution it draws.
    const fn is_of_finance(self) -> bool {
        matches!(self, Self::Finance | Self::DepartmentOverall | Self::SocialInsuranceFund)
    }

    fn fits(self, object_kind: ObjectType) -> bool {
        match self {
            Self::Own => true,
            Self::Department | Self::Finance => object_kind != ObjectType::Department,
            Self::DepartmentOverall => object_kind == ObjectType::Department,
            Self::SocialInsuranceFund => object_kind == ObjectType::SocialInsuranceFund,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskState {
    Open,
    Scored,
    OpinionsExchanged,
    Final,
}

/// What is evaluated: an object and the approved target it is held to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) object_kind: ObjectType,
    /// `regions/.../projects/...` or `regions/.../organizations/...`
    pub(crate) object: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) target: String,
    /// The approved version; 0 if none is.
    pub(crate) target_version: i32,
    /// Budget of the object (涉及金额).
    pub(crate) amount: Money,
}

/// One evaluation of one object (评价任务).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EvaluationTask {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) kind: EvaluationKind,
    pub(crate) subject: Subject,
    /// Organization; empty until an institution is drawn or finance scores.
    pub(crate) evaluator: String,
    /// The draw that chose the evaluator; empty if none did.
    pub(crate) draw: String,
    pub(crate) executed: Option<Money>,
    pub(crate) scorecard: Option<Scorecard>,
    pub(crate) opinions: String,
    pub(crate) problems: Vec<Problem>,
    pub(crate) conclusion: String,
    pub(crate) target_missed: bool,
    pub(crate) state: TaskState,
}

/// A task to be opened.
pub(crate) struct Opening {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) kind: EvaluationKind,
    pub(crate) subject: Subject,
    pub(crate) evaluator: Option<Organization>,
}

impl EvaluationTask {
    pub(crate) fn open(opening: Opening) -> Result<Self, Refusal> {
        let Opening { region, year, id, kind, subject, evaluator } = opening;
        if !kind.fits(subject.object_kind) {
            return Err(Refusal::field("kind", "评价方式与绩效对象不符"));
        }
        if subject.target_version == 0 {
            return Err(Refusal::TargetNotApproved(subject.target));
        }
        let mut task = Self {
            region,
            year,
            id,
            kind,
            subject,
            evaluator: String::new(),
            draw: String::new(),
            executed: None,
            scorecard: None,
            opinions: String::new(),
            problems: vec![],
            conclusion: String::new(),
            target_missed: false,
            state: TaskState::Open,
        };
        task.evaluator = match (evaluator, kind) {
            (Some(evaluator), _) => {
                task.may_be_evaluated_by(&evaluator)?;
                evaluator.to_string()
            }
            (None, EvaluationKind::Own) => task.evaluated().to_string(),
            (None, EvaluationKind::Department) => {
                return Err(Refusal::field("evaluator", "部门评价须指定评价方"));
            }
            (None, _) => String::new(),
        };
        Ok(task)
    }

    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "evaluationTasks", &self.id)
    }

    /// The organization answering for the object.
    pub(crate) fn evaluated(&self) -> Organization {
        Organization { region: self.region.clone(), unit: self.subject.unit.clone() }
    }

    /// Who is evaluated may not evaluate. A competent department may evaluate its units, nobody else of the same branch.
    fn may_be_evaluated_by(&self, evaluator: &Organization) -> Result<(), Refusal> {
        let object = self.evaluated();
        if self.kind == EvaluationKind::Own {
            return if *evaluator == object {
                Ok(())
            } else {
                Err(Refusal::NotOwnUnit(evaluator.to_string()))
            };
        }
        let as_department = self.kind == EvaluationKind::Department && evaluator.is_above(&object);
        if evaluator.shares_department(&object) && !as_department {
            return Err(Refusal::EvaluatedEvaluates(evaluator.to_string()));
        }
        Ok(())
    }

    /// True for a self-evaluation of the caller's own unit, which the unit opens and fixes itself.
    pub(crate) fn is_own_of(&self, caller: Option<&Organization>) -> bool {
        self.kind == EvaluationKind::Own && caller.is_some_and(|caller| *caller == self.evaluated())
    }

    /// `for_finance` says that the caller evaluates for the finance department here.
    pub(crate) fn check_scorer(
        &self,
        caller: Option<&Organization>,
        for_finance: bool,
    ) -> Result<(), Refusal> {
        self.check_state(self.is_scorable(), "已交换意见或已定稿，不能再评分")?;
        if let Some(caller) = caller {
            self.may_be_evaluated_by(caller)?;
        }
        let named = caller.is_some_and(|caller| caller.to_string() == self.evaluator);
        let by_finance = self.evaluator.is_empty() && self.kind.is_of_finance() && for_finance;
        if named || by_finance {
            return Ok(());
        }
        let evaluator = if self.evaluator.is_empty() { "财政部门" } else { &self.evaluator };
        Err(Refusal::NotTheEvaluator(evaluator.to_owned()))
    }

    const fn is_scorable(&self) -> bool {
        matches!(self.state, TaskState::Open | TaskState::Scored)
    }

    /// Takes in a scoring; the one before is replaced.
    pub(crate) fn take_score(
        &mut self,
        scored: Scored,
        caller: Option<&Organization>,
    ) -> Result<(), Refusal> {
        self.check_state(self.is_scorable(), "已交换意见或已定稿，不能再评分")?;
        if self.evaluator.is_empty()
            && let Some(caller) = caller
        {
            self.evaluator = caller.to_string();
        }
        self.subject.target_version = scored.target_version;
        self.subject.amount = scored.amount;
        self.executed = Some(scored.executed);
        self.target_missed = scored.target_missed;
        self.scorecard = Some(scored.card);
        self.problems = scored.report.problems;
        self.conclusion = scored.report.conclusion;
        self.state = TaskState::Scored;
        Ok(())
    }

    pub(crate) fn record_opinions(&mut self, opinions: &str) -> Result<(), Refusal> {
        self.check_state(self.kind != EvaluationKind::Own, "单位自评不需要交换意见")?;
        self.check_state(self.state == TaskState::Scored, "评分之后、定稿之前交换一次意见")?;
        opinions.clone_into(&mut self.opinions);
        self.state = TaskState::OpinionsExchanged;
        Ok(())
    }

    pub(crate) fn finalize(&mut self) -> Result<(), Refusal> {
        self.check_state(self.state != TaskState::Final, "已定稿")?;
        self.check_state(self.scorecard.is_some(), "尚未评分，不能定稿")?;
        let exchanged = self.kind == EvaluationKind::Own || self.state == TaskState::OpinionsExchanged;
        self.check_state(exchanged, "尚未与被评价单位交换意见，不能定稿")?;
        self.state = TaskState::Final;
        Ok(())
    }

    /// An institution is drawn for finance's own tasks, once, before anyone scores.
    pub(crate) fn check_drawable(&self) -> Result<(), Refusal> {
        self.check_state(self.draw.is_empty(), "本任务已抽取机构")?;
        self.check_state(self.kind.is_of_finance(), "该评价方式不抽取第三方机构")?;
        self.check_state(self.evaluator.is_empty(), "本任务已指定评价方")?;
        self.check_state(self.state == TaskState::Open, "已评分，不能再抽取机构")
    }

    pub(crate) fn take_evaluator(&mut self, draw: &str, institution: &Organization) -> Result<(), Refusal> {
        self.check_drawable()?;
        self.may_be_evaluated_by(institution)?;
        draw.clone_into(&mut self.draw);
        self.evaluator = institution.to_string();
        Ok(())
    }

    fn check_state(&self, holds: bool, message: &'static str) -> Result<(), Refusal> {
        if holds { Ok(()) } else { Err(Refusal::State { name: self.resource_name(), message }) }
    }
}

#[cfg(test)]
#[path = "task_tests.rs"]
mod tests;

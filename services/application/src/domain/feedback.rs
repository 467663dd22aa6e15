//! Results fed back (结果反馈) and what is put right (整改).

use hengji_kernel::{Date, Decimal, FiscalYear, Grade, RegionCode, UnitCode, name};
use serde::{Deserialize, Serialize};

use super::facts::Task;
use crate::error::Refusal;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Feedback {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) task: String,
    pub(crate) object: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) grade: Grade,
    pub(crate) total: Decimal,
    pub(crate) rectifications: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RectificationState {
    Issued,
    Planned,
    Progressing,
    Closed,
}

impl RectificationState {
    pub(crate) const ALL: [Self; 4] = [Self::Issued, Self::Planned, Self::Progressing, Self::Closed];

    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Issued => "已反馈",
            Self::Planned => "已报整改方案",
            Self::Progressing => "整改中",
            Self::Closed => "已核验销号",
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Planned => "planned",
            Self::Progressing => "progressing",
            Self::Closed => "closed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rectification {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) feedback: String,
    /// What was evaluated: linkage asks for what is unfinished there.
    pub(crate) object: String,
    pub(crate) unit: UnitCode,
    pub(crate) problem: String,
    pub(crate) suggestion: String,
    pub(crate) due_date: Date,
    pub(crate) plan: String,
    pub(crate) progress: Vec<String>,
    pub(crate) verification: String,
    pub(crate) planner: String,
    pub(crate) reporters: Vec<String>,
    pub(crate) state: RectificationState,
}

/// Feeds a final result back: one rectification for each problem.
pub(crate) fn issue(
    task: &Task,
    feedback_id: &str,
    due_date: Date,
) -> Result<(Feedback, Vec<Rectification>), Refusal> {
    let (Some(grade), Some(total), true) = (task.grade, task.total, task.is_final) else {
        return Err(Refusal::NotFinal(task.name.clone()));
    };
    let name = name::yearly(&task.region, task.year, "feedbacks", feedback_id);
    let rectifications: Vec<_> = (1..)
        .zip(&task.problems)
        .map(|(number, problem)| Rectification {
            name: name::yearly(&task.region, task.year, "rectifications", &format!("{feedback_id}-{number}")),
            region: task.region.clone(),
            year: task.year,
            feedback: name.clone(),
            object: task.object.clone(),
            unit: task.unit.clone(),
            problem: problem.text.clone(),
            suggestion: problem.suggestion.clone(),
            due_date,
            plan: String::new(),
            progress: vec![],
            verification: String::new(),
            planner: String::new(),
            reporters: vec![],
            state: RectificationState::Issued,
        })
        .collect();
    let feedback = Feedback {
        name,
        region: task.region.clone(),
        year: task.year,
        task: task.name.clone(),
        object: task.object.clone(),
        title: task.title.clone(),
        unit: task.unit.clone(),
        grade,
        total,
        rectifications: rectifications.iter().map(|one| one.name.clone()).collect(),
    };
    Ok((feedback, rectifications))
}

impl Rectification {
    /// The plan may be filed anew until progress is reported on it.
    pub(crate) fn file_plan(&mut self, account: &str, plan: &str) -> Result<(), Refusal> {
        self.demand(&[RectificationState::Issued, RectificationState::Planned], "报送整改方案")?;
        plan.clone_into(&mut self.plan);
        account.clone_into(&mut self.planner);
        self.state = RectificationState::Planned;
        Ok(())
    }

    pub(crate) fn report(&mut self, account: &str, progress: &str) -> Result<(), Refusal> {
        self.demand(&[RectificationState::Planned, RectificationState::Progressing], "报送整改进展")?;
        self.progress.push(progress.to_owned());
        self.reporters.push(account.to_owned());
        self.state = RectificationState::Progressing;
        Ok(())
    }

    pub(crate) fn verify(&mut self, account: &str, verification: &str) -> Result<(), Refusal> {
        self.demand(&[RectificationState::Progressing], "核验销号")?;
        if self.planner == account || self.reporters.iter().any(|reporter| reporter == account) {
            return Err(Refusal::VerifiesOwnPlan);
        }
        verification.clone_into(&mut self.verification);
        self.state = RectificationState::Closed;
        Ok(())
    }

    pub(crate) fn overdue(&self, today: Date) -> bool {
        self.state != RectificationState::Closed && self.due_date < today
    }

    fn demand(&self, states: &[RectificationState], act: &'static str) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            return Ok(());
        }
        Err(Refusal::WrongState { name: self.name.clone(), state: self.state.chinese(), act })
    }
}

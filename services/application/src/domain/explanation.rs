//! Explanations a unit owes for a missed target (未完成绩效目标说明) before it may file again.

use hengji_kernel::{FiscalYear, RegionCode, UnitCode, name};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facts::{Task, project_key};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExplanationState {
    Required,
    Filed,
    Accepted,
}

impl ExplanationState {
    pub(crate) const ALL: [Self; 3] = [Self::Required, Self::Filed, Self::Accepted];

    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Required => "待说明",
            Self::Filed => "已说明",
            Self::Accepted => "已采纳",
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Filed => "filed",
            Self::Accepted => "accepted",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnmetExplanation {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) task: String,
    pub(crate) project: String,
    pub(crate) project_code: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) missed_indicators: Vec<String>,
    pub(crate) hold: String,
    pub(crate) text: String,
    pub(crate) filer: String,
    pub(crate) opinion: String,
    pub(crate) state: ExplanationState,
}

impl UnmetExplanation {
    /// What a final evaluation with a missed target calls for. The hold is named, not yet placed.
    pub(crate) fn required(task: &Task) -> Result<Self, Refusal> {
        if !task.is_final {
            return Err(Refusal::NotFinal(task.name.clone()));
        }
        let (region, code) = project_key(&task.object).ok_or(Refusal::NotAProject)?;
        if !task.target_missed {
            return Err(Refusal::NoTargetMissed(task.name.clone()));
        }
        let hold = name::yearly(&region, task.year.next(), "holds", &hold_id(code));
        Ok(Self {
            name: name::yearly(&region, task.year, "unmetExplanations", code),
            task: task.name.clone(),
            project: task.object.clone(),
            project_code: code.to_owned(),
            title: task.title.clone(),
            unit: task.unit.clone(),
            missed_indicators: task
                .lines
                .iter()
                .filter(|line| line.missed)
                .map(|line| line.title.clone())
                .collect(),
            hold,
            text: String::new(),
            filer: String::new(),
            opinion: String::new(),
            state: ExplanationState::Required,
            year: task.year,
            region,
        })
    }

    /// May be filed anew until it is accepted.
    pub(crate) fn file(&mut self, account: &str, text: &str) -> Result<(), Refusal> {
        if self.state == ExplanationState::Accepted {
            return Err(self.wrong("报送说明"));
        }
        text.clone_into(&mut self.text);
        account.clone_into(&mut self.filer);
        self.state = ExplanationState::Filed;
        Ok(())
    }

    pub(crate) fn accept(&mut self, account: &str, opinion: &str) -> Result<(), Refusal> {
        if self.state != ExplanationState::Filed {
            return Err(self.wrong("采纳说明"));
        }
        if self.filer == account {
            return Err(Refusal::AcceptsOwnExplanation);
        }
        opinion.clone_into(&mut self.opinion);
        self.state = ExplanationState::Accepted;
        Ok(())
    }

    fn wrong(&self, act: &'static str) -> Refusal {
        Refusal::WrongState { name: self.name.clone(), state: self.state.chinese(), act }
    }
}

/// From the project code, so that one project has one hold a year; a code that cannot be an id goes by its digest.
pub(crate) fn hold_id(project_code: &str) -> String {
    let plain = project_code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain && project_code.len() <= 40 {
        return format!("unmet-{project_code}");
    }
    format!("unmet-{}", &hex::encode(Sha256::digest(project_code))[..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_is_named_by_its_project_and_always_a_valid_id() {
        assert_eq!(hold_id("P001"), "unmet-P001");
        let odd = hold_id("盐池〔2021〕1");
        assert!(odd.len() <= 60 && odd.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
        assert_ne!(odd, hold_id("盐池〔2021〕2"));
    }
}

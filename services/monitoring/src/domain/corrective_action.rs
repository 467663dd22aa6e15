use hengji_kernel::{Date, UnitCode};
use serde::{Deserialize, Serialize};

use super::ProjectKey;
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CorrectiveActionState {
    /// 已发整改通知
    Noticed,
    /// 已报整改方案
    Planned,
    /// 整改中
    Progressing,
    /// 已核验销号
    Closed,
}

use CorrectiveActionState::{Closed, Noticed, Planned, Progressing};

impl CorrectiveActionState {
    const fn chinese(self) -> &'static str {
        match self {
            Noticed => "已发整改通知",
            Planned => "已报整改方案",
            Progressing => "整改中",
            Closed => "已核验销号",
        }
    }
}

/// A correction ordered by monitoring (纠偏整改).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CorrectiveAction {
    pub(crate) project: ProjectKey,
    pub(crate) id: String,
    pub(crate) unit: UnitCode,
    pub(crate) finding: String,
    pub(crate) due_date: Date,
    pub(crate) plan: String,
    pub(crate) progress: Vec<String>,
    pub(crate) verification: String,
    pub(crate) state: CorrectiveActionState,
    pub(crate) opener: String,
    /// Accounts that filed the plan or reported progress; none of them verifies.
    pub(crate) correctors: Vec<String>,
}

impl CorrectiveAction {
    pub(crate) fn resource_name(&self) -> String {
        self.project.sibling("correctiveActions", &self.id)
    }

    /// A plan may be replaced until progress is reported.
    pub(crate) fn file_plan(&mut self, account: &str, plan: String) -> Result<(), Refusal> {
        self.must_be(&[Noticed, Planned], "报送整改方案")?;
        self.corrected_by(account);
        self.plan = plan;
        self.state = Planned;
        Ok(())
    }

    pub(crate) fn report(&mut self, account: &str, progress: String) -> Result<(), Refusal> {
        self.must_be(&[Planned, Progressing], "报告整改进展")?;
        self.corrected_by(account);
        self.progress.push(progress);
        self.state = Progressing;
        Ok(())
    }

    pub(crate) fn verify(&mut self, account: &str, verification: String) -> Result<(), Refusal> {
        self.must_be(&[Progressing], "核验销号")?;
        if self.correctors.iter().any(|corrector| corrector == account) {
            return Err(Refusal::VerifiedByPlanner);
        }
        self.verification = verification;
        self.state = Closed;
        Ok(())
    }

    fn corrected_by(&mut self, account: &str) {
        if !self.correctors.iter().any(|corrector| corrector == account) {
            self.correctors.push(account.to_owned());
        }
    }

    fn must_be(&self, states: &[CorrectiveActionState], action: &'static str) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            return Ok(());
        }
        Err(Refusal::State { name: self.resource_name(), state: self.state.chinese(), action })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action() -> CorrectiveAction {
        CorrectiveAction {
            project: ProjectKey::parse("regions/640323000/years/2021/projects/P1").unwrap(),
            id: "C1".into(),
            unit: "219001".parse().unwrap(),
            finding: "进度滞后".into(),
            due_date: "2021-10-31".parse().unwrap(),
            plan: String::new(),
            progress: vec![],
            verification: String::new(),
            state: Noticed,
            opener: "accounts/finance".into(),
            correctors: vec![],
        }
    }

    #[test]
    fn goes_from_notice_to_plan_to_progress_to_closed() {
        let mut action = action();
        assert!(action.report("accounts/unit", "早了".into()).is_err());
        action.file_plan("accounts/unit", "加快".into()).unwrap();
        assert!(action.verify("accounts/finance", "早了".into()).is_err());
        action.report("accounts/unit", "过半".into()).unwrap();
        action.verify("accounts/finance", "属实".into()).unwrap();
        assert_eq!(action.state, Closed);
        assert!(action.file_plan("accounts/unit", "又来".into()).is_err());
    }

    #[test]
    fn refuses_verification_by_whoever_planned_or_reported() {
        let mut action = action();
        action.file_plan("accounts/planner", "加快".into()).unwrap();
        action.report("accounts/reporter", "过半".into()).unwrap();
        for account in ["accounts/planner", "accounts/reporter"] {
            assert_eq!(action.verify(account, "属实".into()), Err(Refusal::VerifiedByPlanner));
        }
    }
}

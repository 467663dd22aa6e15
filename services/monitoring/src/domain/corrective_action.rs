use hengji_kernel::{Date, RegionCode, UnitCode};
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
    /// 已退回重新整改
    Reopened,
}

use CorrectiveActionState::{Closed, Noticed, Planned, Progressing, Reopened};

impl CorrectiveActionState {
    pub(crate) const UNFINISHED: [Self; 4] = [Noticed, Planned, Progressing, Reopened];

    const fn chinese(self) -> &'static str {
        match self {
            Noticed => "已发整改通知",
            Planned => "已报整改方案",
            Progressing => "整改中",
            Closed => "已核验销号",
            Reopened => "已退回重新整改",
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
    /// Name of what showed it; may be empty.
    #[serde(default)]
    pub(crate) source: String,
    pub(crate) due_date: Date,
    pub(crate) plan: String,
    #[serde(alias = "progress")]
    pub(crate) reports: Vec<Report>,
    pub(crate) verification: String,
    /// 整改成效
    #[serde(default)]
    pub(crate) effect: String,
    pub(crate) state: CorrectiveActionState,
    pub(crate) opener: String,
    /// Accounts that filed the plan or reported progress; none of them verifies.
    pub(crate) correctors: Vec<String>,
    #[serde(default)]
    pub(crate) escalations: Vec<Escalation>,
    #[serde(default)]
    pub(crate) reopenings: Vec<Reopening>,
}

/// A report of progress with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "StoredReport")]
pub(crate) struct Report {
    pub(crate) text: String,
    pub(crate) evidence: String,
    pub(crate) account: String,
    pub(crate) date: Option<Date>,
}

/// Reports were once kept as bare texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredReport {
    Text(String),
    Whole { text: String, evidence: String, account: String, date: Option<Date> },
}

impl From<StoredReport> for Report {
    fn from(stored: StoredReport) -> Self {
        match stored {
            StoredReport::Text(text) => Self { text, ..Self::default() },
            StoredReport::Whole { text, evidence, account, date } => Self { text, evidence, account, date },
        }
    }
}

/// Brought before the superior (提请上级督办).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Escalation {
    /// Name of the organization.
    pub(crate) organization: String,
    pub(crate) reason: String,
    pub(crate) account: String,
    pub(crate) date: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reopening {
    pub(crate) reason: String,
    pub(crate) account: String,
    pub(crate) date: Date,
}

impl CorrectiveAction {
    pub(crate) fn resource_name(&self) -> String {
        self.project.sibling("correctiveActions", &self.id)
    }

    /// A plan may be replaced until progress is reported.
    pub(crate) fn file_plan(&mut self, account: &str, plan: String) -> Result<(), Refusal> {
        self.must_be(&[Noticed, Planned, Reopened], "报送整改方案")?;
        self.corrected_by(account);
        self.plan = plan;
        self.state = Planned;
        Ok(())
    }

    pub(crate) fn report(&mut self, report: Report) -> Result<(), Refusal> {
        self.must_be(&[Planned, Progressing, Reopened], "报告整改进展")?;
        self.corrected_by(&report.account);
        self.reports.push(report);
        self.state = Progressing;
        Ok(())
    }

    pub(crate) fn verify(
        &mut self,
        account: &str,
        verification: String,
        effect: String,
    ) -> Result<(), Refusal> {
        self.must_be(&[Progressing], "核验销号")?;
        if self.correctors.iter().any(|corrector| corrector == account) {
            return Err(Refusal::VerifiedByPlanner);
        }
        self.verification = verification;
        self.effect = effect;
        self.state = Closed;
        Ok(())
    }

    /// A correction that did not hold is due anew.
    pub(crate) fn reopen(&mut self, reopening: Reopening, due: Date) -> Result<(), Refusal> {
        self.must_be(&[Closed], "退回重新整改")?;
        if due < reopening.date {
            return Err(Refusal::date("due_date", "在今天之前", due));
        }
        self.due_date = due;
        self.reopenings.push(reopening);
        self.state = Reopened;
        Ok(())
    }

    /// `region` is that of the organization it is brought before.
    pub(crate) fn escalate(&mut self, escalation: Escalation, region: &RegionCode) -> Result<(), Refusal> {
        self.must_be(&CorrectiveActionState::UNFINISHED, "提请上级督办")?;
        if !region.contains(&self.project.region) {
            return Err(Refusal::field("organization", "不是项目所在区划或其上级区划的单位"));
        }
        self.escalations.push(escalation);
        Ok(())
    }

    /// The organization above the unit that has to correct (上级), where its region has one.
    pub(crate) fn superior(&self) -> Option<String> {
        let unit = self.unit.superior()?;
        Some(format!("regions/{}/organizations/{unit}", self.project.region))
    }

    /// Whether the time alone may bring it before the superior: there is one, and nobody has done so since it was due.
    pub(crate) fn may_be_brought_up(&self) -> bool {
        let since_due = self.escalations.iter().any(|escalation| escalation.date > self.due_date);
        self.state != Closed && self.unit.superior().is_some() && !since_due
    }

    pub(crate) fn overdue(&self, today: Date) -> bool {
        self.state != Closed && self.due_date < today
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
            source: String::new(),
            due_date: "2021-10-31".parse().unwrap(),
            plan: String::new(),
            reports: vec![],
            verification: String::new(),
            effect: String::new(),
            state: Noticed,
            opener: "accounts/finance".into(),
            correctors: vec![],
            escalations: vec![],
            reopenings: vec![],
        }
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn report(account: &str) -> Report {
        let (text, evidence) = ("过半".to_owned(), "验收单".to_owned());
        Report { text, evidence, account: account.to_owned(), date: Some(day("2021-09-01")) }
    }

    fn verify(action: &mut CorrectiveAction, account: &str) -> Result<(), Refusal> {
        action.verify(account, "属实".into(), "按期完成".into())
    }

    fn reopening(date: &str) -> Reopening {
        Reopening { reason: "又停工".into(), account: "accounts/finance".into(), date: day(date) }
    }

    #[test]
    fn goes_from_notice_to_plan_to_progress_to_closed() {
        let mut action = action();
        assert!(action.report(report("accounts/unit")).is_err());
        action.file_plan("accounts/unit", "加快".into()).unwrap();
        assert!(verify(&mut action, "accounts/finance").is_err());
        action.report(report("accounts/unit")).unwrap();
        verify(&mut action, "accounts/finance").unwrap();
        assert_eq!((action.state, action.effect.as_str()), (Closed, "按期完成"));
        assert!(action.file_plan("accounts/unit", "又来".into()).is_err());
    }

    #[test]
    fn refuses_verification_by_whoever_planned_or_reported() {
        let mut action = action();
        action.file_plan("accounts/planner", "加快".into()).unwrap();
        action.report(report("accounts/reporter")).unwrap();
        for account in ["accounts/planner", "accounts/reporter"] {
            assert_eq!(verify(&mut action, account), Err(Refusal::VerifiedByPlanner));
        }
    }

    #[test]
    fn what_did_not_hold_is_due_anew() {
        let mut action = action();
        let due = day("2021-12-31");
        assert!(action.reopen(reopening("2021-11-01"), due).is_err());
        action.file_plan("accounts/unit", "加快".into()).unwrap();
        action.report(report("accounts/unit")).unwrap();
        verify(&mut action, "accounts/finance").unwrap();
        assert!(!action.overdue(day("2022-01-01")));
        assert!(action.reopen(reopening("2022-01-01"), due).is_err());
        action.reopen(reopening("2021-11-01"), due).unwrap();
        assert_eq!((action.state, action.overdue(due)), (Reopened, false));
        assert!(action.overdue(day("2022-01-01")));
        action.report(report("accounts/unit")).unwrap();
        verify(&mut action, "accounts/finance").unwrap();
    }

    #[test]
    fn is_brought_before_a_superior_only() {
        let mut action = action();
        let escalation = Escalation {
            organization: "regions/640300000/organizations/101".into(),
            reason: "逾期未整改".into(),
            account: "accounts/finance".into(),
            date: day("2021-11-01"),
        };
        assert!(action.escalate(escalation.clone(), &"640324000".parse().unwrap()).is_err());
        action.escalate(escalation.clone(), &"640300000".parse().unwrap()).unwrap();
        action.state = Closed;
        assert!(action.escalate(escalation, &"640300000".parse().unwrap()).is_err());
    }

    #[test]
    fn the_time_brings_it_before_the_superior_once_for_each_due_date() {
        let mut action = action();
        assert_eq!(action.superior().as_deref(), Some("regions/640323000/organizations/219"));
        let by_person = |date: &str| Escalation {
            organization: "regions/640323000/organizations/219".into(),
            reason: "推进缓慢".into(),
            account: "accounts/finance".into(),
            date: day(date),
        };
        action.escalations.push(by_person("2021-10-31"));
        assert!(action.may_be_brought_up(), "it was not yet overdue then");
        action.escalations.push(by_person("2021-11-01"));
        assert!(!action.may_be_brought_up());
        action.due_date = day("2021-12-31");
        assert!(action.may_be_brought_up(), "due anew");
        action.state = Closed;
        assert!(!action.may_be_brought_up());
        let department = CorrectiveAction { unit: "219".parse().unwrap(), state: Noticed, ..action };
        assert!(!department.may_be_brought_up());
    }

    #[test]
    fn reads_reports_that_were_kept_as_texts() {
        let mut old = serde_json::to_value(action()).unwrap();
        let fields = old.as_object_mut().unwrap();
        for field in ["reports", "source", "effect", "escalations", "reopenings"] {
            fields.remove(field);
        }
        fields.insert("progress".into(), serde_json::json!(["过半"]));
        let read: CorrectiveAction = serde_json::from_value(old).unwrap();
        assert_eq!(read.reports, [Report { text: "过半".into(), ..Report::default() }]);
    }
}

//! No target, no money (无目标不安排): what each gate looks at, and what it says.

use hengji_kernel::{Money, Timestamp};
use hengji_rules::Explanation;
use hengji_rules::explanation::Step;
use serde::{Deserialize, Serialize};

use super::{Assessment, Hold, ProjectStanding, ProjectState, Standing, TargetState};

/// What the money waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GateKind {
    /// 进入预算
    BudgetEntry,
    /// 年中追加
    MidYearAddition,
    /// 资金下达
    FundIssue,
}

impl GateKind {
    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::BudgetEntry => "进入预算",
            Self::MidYearAddition => "年中追加",
            Self::FundIssue => "资金下达",
        }
    }
}

/// Everything a gate may look at.
pub(crate) struct GateFacts<'a> {
    pub(crate) project: &'a ProjectStanding,
    /// All targets about the project.
    pub(crate) targets: &'a [Standing],
    /// Holds that block the project.
    pub(crate) holds: &'a [&'a Hold],
    /// The project's latest concluded assessment.
    pub(crate) assessment: Option<&'a Assessment>,
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    pub(crate) code: String,
    pub(crate) passed: bool,
    pub(crate) message: String,
    /// The document it rests on.
    pub(crate) document: String,
}

/// Whether the project may pass, and why: refusals first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) project: String,
    pub(crate) kind: GateKind,
    /// The approved target it stands on; empty if none.
    pub(crate) target: String,
    pub(crate) target_version: i32,
    pub(crate) budget_yuan: Money,
    pub(crate) reasons: Vec<Look>,
}

const OPINIONS_34: &str = "中发〔2018〕34号";
const NOTICE_88: &str = "财预〔2015〕88号";

fn look(passed: bool, codes: [&str; 2], messages: [String; 2], document: &str) -> Look {
    let index = usize::from(!passed);
    let [code, message] = [codes[index].to_owned(), messages[index].clone()];
    Look { code, passed, message, document: document.to_owned() }
}

pub(crate) fn decide(kind: GateKind, facts: &GateFacts<'_>) -> Verdict {
    let mut reasons = match kind {
        GateKind::BudgetEntry => vec![not_refused(facts), ex_ante(facts), reviewed(facts), no_hold(facts)],
        GateKind::MidYearAddition => vec![not_refused(facts), filed(facts)],
        GateKind::FundIssue => vec![not_refused(facts), approved(facts), in_budget(facts), no_hold(facts)],
    };
    reasons.sort_by_key(|look| look.passed);
    let baseline = baseline(facts.targets);
    Verdict {
        allowed: reasons.iter().all(|look| look.passed),
        project: facts.project.name.clone(),
        kind,
        target: baseline.map(|target| target.target.clone()).unwrap_or_default(),
        target_version: baseline.map_or(0, |target| target.approved_version),
        budget_yuan: facts.project.budget,
        reasons,
    }
}

/// The approved target money is issued with: the one approved last.
fn baseline(targets: &[Standing]) -> Option<&Standing> {
    let approved = targets.iter().filter(|target| target.approved_version > 0);
    approved.max_by_key(|target| (target.approved_at, &target.target))
}

fn not_refused(facts: &GateFacts<'_>) -> Look {
    look(
        facts.project.state != ProjectState::Refused,
        ["project.open", "project.refused"],
        ["项目未被列为不予安排".into(), "项目已列为不予安排".into()],
        OPINIONS_34,
    )
}

fn ex_ante(facts: &GateFacts<'_>) -> Look {
    if !facts.project.ex_ante_required {
        let message = "该项目无需事前绩效评估".to_owned();
        let code = "ex_ante.not_required".to_owned();
        return Look { code, passed: true, message, document: OPINIONS_34.into() };
    }
    let (failed, message) = match facts.assessment.and_then(|assessment| assessment.outcome.as_ref()) {
        None => ("ex_ante.missing", "须开展事前绩效评估，尚无评估结论".to_owned()),
        Some(outcome) => {
            ("ex_ante.not_supported", format!("事前绩效评估结论为“{}”", outcome.conclusion.chinese()))
        }
    };
    let supported = facts.assessment.is_some_and(Assessment::supports);
    look(supported, ["ex_ante.supported", failed], [message.clone(), message], OPINIONS_34)
}

fn reviewed(facts: &GateFacts<'_>) -> Look {
    let passed = facts
        .targets
        .iter()
        .any(|target| target.approved_version > 0 || target.state == TargetState::FinanceReviewed);
    look(
        passed,
        ["target.reviewed", "target.not_reviewed"],
        ["绩效目标已通过财政审核".into(), "没有通过财政审核的绩效目标".into()],
        NOTICE_88,
    )
}

fn filed(facts: &GateFacts<'_>) -> Look {
    look(
        facts.targets.iter().any(|target| target.state.is_filed()),
        ["target.filed", "target.not_filed"],
        ["绩效目标已随同申报".into(), "没有随同申报的绩效目标".into()],
        NOTICE_88,
    )
}

fn approved(facts: &GateFacts<'_>) -> Look {
    look(
        facts.targets.iter().any(|target| target.approved_version > 0),
        ["target.approved", "target.not_approved"],
        ["绩效目标已批复".into(), "绩效目标尚未批复".into()],
        NOTICE_88,
    )
}

fn in_budget(facts: &GateFacts<'_>) -> Look {
    look(
        facts.project.state == ProjectState::InBudget,
        ["project.in_budget", "project.not_in_budget"],
        ["项目已纳入预算".into(), "项目未纳入预算".into()],
        NOTICE_88,
    )
}

fn no_hold(facts: &GateFacts<'_>) -> Look {
    let blocking = facts.holds.iter().find(|hold| hold.blocks(facts.project));
    let causes = blocking
        .map_or_else(String::new, |hold| format!("存在申报限制：{}（{}）", hold.cause, hold.authority));
    look(blocking.is_none(), ["hold.none", "hold.stands"], ["没有申报限制".into(), causes], OPINIONS_34)
}

impl Verdict {
    /// The same as steps with rules. These rules are the law's, not a region's, so no pack may change them.
    pub(crate) fn explanations(&self) -> Vec<Explanation> {
        let explain = |look: &Look| Explanation {
            rule: look.code.clone(),
            pack: "built-in".into(),
            revision: 1,
            document: look.document.clone(),
            confidence: None,
            inputs: vec![],
            steps: vec![Step { text: look.message.clone(), arithmetic: String::new() }],
            rounding: None,
            result: if look.passed { "通过".into() } else { "不通过".into() },
        };
        self.reasons.iter().map(explain).collect()
    }

    pub(crate) fn conclusion(&self) -> String {
        let refused: Vec<_> =
            self.reasons.iter().filter(|look| !look.passed).map(|look| look.message.as_str()).collect();
        match refused.as_slice() {
            [] => format!("{}：准予通过", self.kind.chinese()),
            refused => format!("{}：不予通过，{}", self.kind.chinese(), refused.join("；")),
        }
    }
}

/// A verdict with its time, as it is signed. RFC 7519 times beside the readable ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignedClaims {
    pub(crate) iss: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    pub(crate) conclusion: String,
    pub(crate) explanation: Vec<Explanation>,
    pub(crate) decide_time: Timestamp,
    pub(crate) expire_time: Timestamp,
}

impl SignedClaims {
    /// A signed verdict is void a day after it was decided.
    pub(crate) const LIFETIME_SECONDS: i64 = 24 * 3600;

    pub(crate) fn of(verdict: Verdict, now: Timestamp) -> Self {
        let expire_time = now.plus_seconds(Self::LIFETIME_SECONDS);
        Self {
            iss: "hengji.targets".into(),
            iat: now.seconds(),
            exp: expire_time.seconds(),
            conclusion: verdict.conclusion(),
            explanation: verdict.explanations(),
            verdict,
            decide_time: now,
            expire_time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Project, Target, ex_ante, hold, sample};

    struct Facts {
        project: Project,
        target: Option<Target>,
        hold: Option<Hold>,
        assessment: Option<Assessment>,
    }

    fn sound() -> Facts {
        let mut project = sample::project();
        project.state = ProjectState::InBudget;
        let mut target = sample::target();
        (target.state, target.approved_version) = (TargetState::Approved, 1);
        Facts { project, target: Some(target), hold: None, assessment: None }
    }

    fn verdict(kind: GateKind, facts: &Facts) -> Verdict {
        let targets: Vec<_> = facts.target.iter().map(Target::standing).collect();
        let holds: Vec<&Hold> = facts.hold.iter().collect();
        let assessment = facts.assessment.as_ref();
        let project = &facts.project.standing();
        decide(kind, &GateFacts { project, targets: &targets, holds: &holds, assessment })
    }

    fn refusals(verdict: &Verdict) -> Vec<&str> {
        verdict.reasons.iter().filter(|look| !look.passed).map(|look| look.code.as_str()).collect()
    }

    #[test]
    fn a_sound_project_passes_every_gate_and_is_told_all_that_was_looked_at() {
        for (kind, looks) in
            [(GateKind::BudgetEntry, 4), (GateKind::MidYearAddition, 2), (GateKind::FundIssue, 4)]
        {
            let verdict = verdict(kind, &sound());
            assert!(verdict.allowed, "{verdict:?}");
            assert_eq!(verdict.reasons.len(), looks);
            assert_eq!(verdict.target_version, 1);
        }
    }

    #[test]
    fn each_fault_closes_its_gates() {
        type Change = fn(&mut Facts);
        use GateKind::*;
        let cases: [(Change, &[(GateKind, &str)]); 9] = [
            (
                |facts| facts.project.state = ProjectState::Refused,
                &[
                    (BudgetEntry, "project.refused"),
                    (MidYearAddition, "project.refused"),
                    (FundIssue, "project.refused"),
                ],
            ),
            (|facts| facts.project.state = ProjectState::Stored, &[(FundIssue, "project.not_in_budget")]),
            (
                |facts| facts.target = None,
                &[
                    (BudgetEntry, "target.not_reviewed"),
                    (MidYearAddition, "target.not_filed"),
                    (FundIssue, "target.not_approved"),
                ],
            ),
            (
                |facts| facts.target = Some(sample::target()),
                &[
                    (BudgetEntry, "target.not_reviewed"),
                    (MidYearAddition, "target.not_filed"),
                    (FundIssue, "target.not_approved"),
                ],
            ),
            (
                |facts| facts.hold = Some(hold::sample(2021)),
                &[(BudgetEntry, "hold.stands"), (FundIssue, "hold.stands")],
            ),
            (|facts| facts.hold = Some(hold::sample(2023)), &[]),
            (|facts| facts.project.ex_ante_required = true, &[(BudgetEntry, "ex_ante.missing")]),
            (
                |facts| {
                    facts.project.ex_ante_required = true;
                    facts.assessment = Some(ex_ante::tests::sample(70));
                },
                &[(BudgetEntry, "ex_ante.not_supported")],
            ),
            (
                |facts| {
                    facts.project.ex_ante_required = true;
                    facts.assessment = Some(ex_ante::tests::sample(85));
                },
                &[],
            ),
        ];
        for (index, (change, closed)) in cases.into_iter().enumerate() {
            let mut facts = sound();
            change(&mut facts);
            for kind in [BudgetEntry, MidYearAddition, FundIssue] {
                let verdict = verdict(kind, &facts);
                let expected: Vec<_> =
                    closed.iter().filter(|(closed, _)| *closed == kind).map(|(_, code)| *code).collect();
                let found = refusals(&verdict);
                assert!(expected.iter().all(|code| found.contains(code)), "case {index} {kind:?}: {found:?}");
                assert_eq!(verdict.allowed, found.is_empty(), "case {index} {kind:?}");
                assert_eq!(expected.is_empty(), found.is_empty(), "case {index} {kind:?}: {found:?}");
            }
        }
    }

    #[test]
    fn a_draft_adjustment_does_not_move_the_baseline() {
        let mut facts = sound();
        if let Some(target) = &mut facts.target {
            target.adjust("accounts/declarer").unwrap();
        }
        let verdict = verdict(GateKind::FundIssue, &facts);
        assert!(verdict.allowed);
        assert_eq!(verdict.target_version, 1);
    }

    #[test]
    fn a_verdict_is_void_after_a_day() {
        let claims = SignedClaims::of(verdict(GateKind::FundIssue, &sound()), Timestamp(1_000_000));
        assert_eq!((claims.iat, claims.exp), (1, 86_401));
        assert_eq!(claims.explanation.len(), 4);
    }
}

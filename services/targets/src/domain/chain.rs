//! Whose turn it is to review (审核流程). The chain is data of the rule pack; a target keeps the one it was filed under.

use hengji_kernel::Date;
use hengji_rules::EffectivePack;
use hengji_rules::chain::{Chain, ChainFacts, chain};
use hengji_rules::deadline::last_day;
use hengji_rules::pack::{ReviewStep, Reviewer};

use super::{Project, Review, Stage, Target, TargetState};
use crate::error::Refusal;

/// The step that is open, and what was said on it so far.
pub(crate) struct Turn<'a> {
    pub(crate) index: usize,
    pub(crate) step: &'a ReviewStep,
    given: &'a [Review],
}

impl Turn<'_> {
    /// Each reviewer of a step gives one opinion.
    pub(crate) fn awaits(&self, stage: Stage) -> bool {
        stages(self.step).any(|asked| asked == stage) && !self.given.iter().any(|given| given.stage == stage)
    }
}

pub(crate) fn stages(step: &ReviewStep) -> impl Iterator<Item = Stage> {
    step.reviewers.iter().copied().map(Stage::from)
}

/// Opinions that pass a step.
pub(crate) fn needed(step: &ReviewStep) -> usize {
    step.opinions_needed.map_or(step.reviewers.len(), |needed| needed as usize)
}

/// How many of these opinions each step has got, in order.
pub(crate) fn opinions(steps: &[ReviewStep], given: usize) -> impl Iterator<Item = usize> {
    steps.iter().scan(given, |left, step| {
        let taken = needed(step).min(*left);
        *left -= taken;
        Some(taken)
    })
}

/// What applies to a target filed before chains were data: department, then finance.
pub(crate) fn before_chains() -> Vec<ReviewStep> {
    let step = |reviewer: Reviewer| ReviewStep {
        name: format!("{}审核", reviewer.chinese()),
        reviewers: vec![reviewer],
        opinions_needed: None,
        limit: None,
        delegable: false,
    };
    vec![step(Reviewer::Department), step(Reviewer::FinancePerformance)]
}

/// The chain the rules in force give this target. It must be one that ends: every step has reviewers enough, and finance
/// decides last, since what passes goes into the budget.
pub(crate) fn chosen(
    target: &Target,
    project: Option<&Project>,
    pack: &EffectivePack,
) -> Result<Chain, Refusal> {
    let facts = ChainFacts {
        object_type: target.object.kind,
        amount: target.contents.budget,
        marks: project.map(Project::mark_words).unwrap_or_default(),
    };
    let unfit = |message: &str| Refusal::ChainUnfit(target.resource_name(), message.to_owned());
    let chain = chain(&facts, pack).map_err(|refusal| unfit(&refusal.message))?;
    if let Some(step) = chain.steps.iter().find(|step| !(1..=step.reviewers.len()).contains(&needed(step))) {
        return Err(unfit(&format!("审核环节“{}”没有足够的审核人", step.name)));
    }
    match chain.steps.last() {
        Some(last) if stages(last).any(Stage::is_finance) => Ok(chain),
        _ => Err(unfit("审核流程须以财政部门审核结束")),
    }
}

impl Target {
    /// Opinions since it was last filed. None of them sent it back: what did ended its round.
    fn opinions(&self) -> &[Review] {
        let ended = self.reviews.iter().rposition(|review| !review.passes());
        &self.reviews[ended.map_or(0, |index| index + 1)..]
    }

    pub(crate) fn opinions_given(&self) -> usize {
        self.opinions().len()
    }

    /// The step that is open, while it is under review.
    pub(crate) fn turn<'a>(&'a self, steps: &'a [ReviewStep]) -> Option<Turn<'a>> {
        if !matches!(self.state, TargetState::Submitted | TargetState::DepartmentReviewed) {
            return None;
        }
        let mut given = self.opinions();
        for (index, step) in steps.iter().enumerate() {
            match given.split_at_checked(needed(step)) {
                Some((_, rest)) => given = rest,
                None => return Some(Turn { index, step, given }),
            }
        }
        None
    }

    /// Where a target stands once the opinions so far have passed it.
    pub(crate) fn reviewed_state(&self, steps: &[ReviewStep]) -> TargetState {
        let passed = self.turn(steps).map_or(steps.len(), |turn| turn.index);
        let by_department =
            steps[..passed].iter().any(|step| stages(step).any(|stage| stage == Stage::Department));
        match by_department {
            _ if passed == steps.len() => TargetState::FinanceReviewed,
            true => TargetState::DepartmentReviewed,
            false => TargetState::Submitted,
        }
    }

    /// Number of the open step, from 0.
    pub(crate) fn open_step(&self) -> Option<usize> {
        self.turn(&self.steps()).map(|turn| turn.index)
    }

    /// Sets the last day of the open step, counted from the day it was reached.
    pub(crate) fn begin_step(&mut self, reached: Date, pack: &EffectivePack) {
        let steps = self.steps();
        let limit = self.turn(&steps).and_then(|turn| turn.step.limit);
        self.review_due = limit.map(|limit| last_day(limit, reached, pack).0);
    }
}

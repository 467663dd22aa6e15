//! Linkage of results with the budget (评价结果与预算安排挂钩): a proposal with its chain of reasons, never a decision.

use hengji_kernel::{Grade, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::effective::{EffectivePack, required};
use crate::exact::{self, Exact, HUNDRED, plain};
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{
    Cited, CutBase, LinkageAction, LinkageCondition, LinkageRequires, LinkageRule, RoundingRule,
};
use crate::word::{Basis, ObjectType, ProjectNature};

/// What is known about an object for next year's budget. Amounts in yuan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkageFacts {
    pub object_type: ObjectType,
    pub nature: Option<ProjectNature>,
    /// Where grade and score come from.
    pub basis: Basis,
    pub grade: Option<Grade>,
    pub score: Option<Decimal>,
    /// Years running at this grade or worse, this one included.
    pub consecutive_years: u32,
    pub rectification_overdue: bool,
    pub execution_rate_percent: Option<Decimal>,
    /// Years the balance has lain idle.
    pub idle_years: u32,
    pub idle_balance: Option<Money>,
    pub overlapping: bool,
    /// mandatory_spending, upper_mandated, livelihood
    pub marks: Vec<String>,
    pub last_budget: Option<Money>,
    pub request: Option<Money>,
    pub last_executed: Option<Money>,
}

/// A proposal a person decides on (挂钩建议).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub action: LinkageAction,
    /// Proposed cut or recovery in yuan: the floor, where the rule gives one.
    pub cut: Option<Money>,
    /// Upper limit of the cut, where the rule gives one.
    pub cut_max: Option<Money>,
    pub base: Option<Money>,
    pub base_kind: Option<CutBase>,
    pub requires: LinkageRequires,
    pub explanation: Explanation,
}

/// The matching rule of the smallest rank decides; matching rules of higher rank are named in the reasons. Without any
/// match the refusal `linkage.no_rule` says so.
pub fn propose(facts: &LinkageFacts, pack: &EffectivePack) -> Result<Proposal, Refusal> {
    let mut matching: Vec<_> = pack.rules.linkage.iter().filter(|rule| matches(&rule.rule, facts)).collect();
    matching.sort_by_key(|rule| (rule.rule.rank, rule.id.as_str()));
    let Some((rule, others)) = matching.split_first() else {
        return Err(Refusal::new("linkage.no_rule", "linkage", "没有适用于该情形的结果应用规则"));
    };
    let mut explanation = explain(facts, rule);
    for other in others {
        let text = format!("规则 {} 也符合（{}），次序在后", other.id, other.rule.action.chinese());
        explanation = explanation.step(text, "");
    }
    if let Some(mark) = facts.marks.iter().find(|mark| rule.rule.exempt_marks.contains(mark)) {
        let text = format!("标记“{mark}”不适用“{}”", rule.rule.action.chinese());
        return Ok(proposal(LinkageAction::Keep, rule, explanation.step(text, "")));
    }
    let rounding = required(pack.rules.rounding.as_ref(), "舍入", "linkage")?.rule;
    priced(facts, rule, &rounding, explanation)
}

fn matches(rule: &LinkageRule, facts: &LinkageFacts) -> bool {
    let any = |empty: bool, holds: bool| empty || holds;
    any(rule.object_types.is_empty(), rule.object_types.contains(&facts.object_type))
        && any(rule.natures.is_empty(), facts.nature.is_some_and(|nature| rule.natures.contains(&nature)))
        && rule.basis.contains(&facts.basis)
        && holds(&rule.condition, facts)
}

fn holds(condition: &LinkageCondition, facts: &LinkageFacts) -> bool {
    let score = |test: &dyn Fn(Decimal) -> bool| facts.score.is_some_and(test);
    (condition.grades.is_empty() || facts.grade.is_some_and(|grade| condition.grades.contains(&grade)))
        && condition.score_from.is_none_or(|from| score(&|score| score >= from))
        && condition.score_to.is_none_or(|to| score(&|score| score < to))
        && condition.consecutive_years.is_none_or(|years| facts.consecutive_years >= years)
        && condition.rectification_overdue.is_none_or(|overdue| facts.rectification_overdue == overdue)
        && condition
            .execution_below_percent
            .is_none_or(|limit| facts.execution_rate_percent.is_some_and(|rate| rate < limit))
        && condition.idle_years.is_none_or(|years| facts.idle_years >= years)
        && condition.overlapping.is_none_or(|overlapping| facts.overlapping == overlapping)
}

fn explain(facts: &LinkageFacts, rule: &Cited<LinkageRule>) -> Explanation {
    let mut explanation = Explanation::of(rule);
    if let Some(grade) = facts.grade {
        explanation = explanation.input("评价等级", grade);
    }
    if let Some(score) = facts.score {
        explanation = explanation.input("评价得分", score);
    }
    if let Some(rate) = facts.execution_rate_percent {
        explanation = explanation.input("执行率", format!("{}%", plain(rate)));
    }
    if rule.rule.condition.consecutive_years.is_some() {
        explanation = explanation.input("连续年数", facts.consecutive_years);
    }
    if rule.rule.condition.idle_years.is_some() {
        explanation = explanation.input("沉淀年数", facts.idle_years);
    }
    if facts.rectification_overdue {
        explanation = explanation.input("整改", "逾期未完成");
    }
    if facts.overlapping {
        explanation = explanation.input("交叉重复", "是");
    }
    match &rule.note {
        Some(note) => explanation.step(note, ""),
        None => explanation,
    }
}

fn proposal(action: LinkageAction, rule: &Cited<LinkageRule>, explanation: Explanation) -> Proposal {
    Proposal {
        action,
        cut: None,
        cut_max: None,
        base: None,
        base_kind: None,
        requires: rule.rule.requires.clone(),
        explanation: explanation.result(action.chinese()),
    }
}

fn priced(
    facts: &LinkageFacts,
    rule: &Cited<LinkageRule>,
    rounding: &RoundingRule,
    explanation: Explanation,
) -> Result<Proposal, Refusal> {
    let action = rule.rule.action;
    if action == LinkageAction::RecoverBalance {
        let mut proposal = proposal(action, rule, explanation);
        proposal.cut = facts.idle_balance;
        return Ok(proposal);
    }
    let (Some(percent), Some(kind)) = (rule.rule.cut_min_percent, rule.rule.cut_base) else {
        return Ok(proposal(action, rule, explanation));
    };
    let base = match kind {
        CutBase::LastBudget => facts.last_budget,
        CutBase::Request => facts.request,
        CutBase::LastExecuted => facts.last_executed,
    };
    let Some(base) = base.filter(|base| !base.is_negative()) else {
        let message = format!("缺少{}，无法计算压减金额", kind.chinese());
        return Err(Refusal::new("linkage.base", "linkage", message));
    };
    let cut = share(base, percent, rounding)?;
    let cut_max = rule.rule.cut_max_percent.map(|percent| share(base, percent, rounding)).transpose()?;
    let arithmetic = format!("{base} × {}% = {cut}", plain(percent));
    let explanation = explanation
        .step(format!("按{}压减，不少于 {}%", kind.chinese(), plain(percent)), arithmetic)
        .rounded(format!("金额保留到分，{}", rounding.cut_mode.chinese()));
    let mut proposal = proposal(action, rule, explanation);
    proposal.explanation.result = format!("{}，不少于 {cut} 元", action.chinese());
    Ok(Proposal { cut: Some(cut), cut_max, base: Some(base), base_kind: Some(kind), ..proposal })
}

fn share(base: Money, percent: Decimal, rounding: &RoundingRule) -> Result<Money, Refusal> {
    let yuan = Exact("linkage").ratio(base.yuan(), percent, HUNDRED)?;
    Money::from_yuan(exact::round(yuan, 2, rounding.cut_mode))
        .map(|cut| cut.min(base))
        .map_err(|invalid| Refusal::new(invalid.rule, "linkage", invalid.message))
}

#[cfg(test)]
mod tests;

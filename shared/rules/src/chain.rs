//! Who has to file a target (编报范围) and who reviews it (审核流程).

use hengji_kernel::Money;
use serde::{Deserialize, Serialize};

use crate::effective::{EffectivePack, required};
use crate::exact::plain;
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{Cited, Need, ProjectCategory, ReviewChainRule, ReviewStep};
use crate::word::ObjectType;

/// What decides the chain of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainFacts {
    pub object_type: ObjectType,
    /// Annual money of the object.
    pub amount: Money,
    pub marks: Vec<String>,
}

/// The steps of a review, in order, and why these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    pub steps: Vec<ReviewStep>,
    pub explanation: Explanation,
}

/// The matching chain of the smallest rank; without any the refusal `review_chain.none` says so.
pub fn chain(facts: &ChainFacts, pack: &EffectivePack) -> Result<Chain, Refusal> {
    let rule = pack
        .rules
        .review_chain
        .iter()
        .filter(|rule| matches(&rule.rule, facts))
        .min_by_key(|rule| (rule.rule.rank, &rule.id))
        .ok_or_else(|| Refusal::new("review_chain.none", "review_chain", "没有适用于该对象的审核流程"))?;
    let mut explanation = Explanation::of(rule).input("年度金额", format!("{} 元", facts.amount));
    if !facts.marks.is_empty() {
        explanation = explanation.input("标记", facts.marks.join("、"));
    }
    if let Some(range) = range(rule) {
        explanation = explanation.step("金额范围", range);
    }
    let names: Vec<_> = rule.rule.steps.iter().map(|step| step.name.as_str()).collect();
    Ok(Chain { steps: rule.rule.steps.clone(), explanation: explanation.result(names.join(" → ")) })
}

fn matches(rule: &ReviewChainRule, facts: &ChainFacts) -> bool {
    let amount = facts.amount.yuan();
    (rule.object_types.is_empty() || rule.object_types.contains(&facts.object_type))
        && rule.amount_from_yuan.is_none_or(|from| amount >= from)
        && rule.amount_to_yuan.is_none_or(|to| amount < to)
        && (rule.marks.is_empty() || facts.marks.iter().any(|mark| rule.marks.contains(mark)))
}

fn range(rule: &Cited<ReviewChainRule>) -> Option<String> {
    match (rule.rule.amount_from_yuan, rule.rule.amount_to_yuan) {
        (Some(from), Some(to)) => Some(format!("{} 元以上、不足 {} 元", plain(from), plain(to))),
        (Some(from), None) => Some(format!("{} 元以上", plain(from))),
        (None, Some(to)) => Some(format!("不足 {} 元", plain(to))),
        (None, None) => None,
    }
}

/// Whether a project of this category needs a target, and why.
pub fn need(category: ProjectCategory, pack: &EffectivePack) -> Result<(Need, Explanation), Refusal> {
    const SUBJECT: &str = "target_need";
    let rule = required(pack.rules.target_need.as_ref(), "编报范围", SUBJECT)?;
    let found = rule.rule.needs.iter().find(|need| need.category == category).ok_or_else(|| {
        Refusal::new("target_need.category", SUBJECT, format!("没有规定“{}”是否编报目标", category.chinese()))
    })?;
    let result = match found.need {
        Need::Required => "须编报绩效目标",
        Need::Optional => "可编报绩效目标",
        Need::None => "不编报绩效目标",
    };
    let explanation = Explanation::of(rule).input("项目类别", category.chinese()).result(result);
    Ok((found.need, explanation))
}

#[cfg(test)]
mod tests;

//! Ex-ante assessment (事前绩效评估): must it be done, and what does its score conclude.

use hengji_kernel::{Grade, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::effective::{EffectivePack, required};
use crate::exact::{Exact, plain};
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{Cited, Conclusion, ExAnteRule};
use crate::score::band_of;
use crate::word::ObjectType;

/// Points given to one aspect, such as 立项必要性.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AspectScore {
    pub aspect: String,
    pub points: Decimal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExAnteResult {
    pub total: Decimal,
    pub grade: Grade,
    pub grade_name: String,
    pub conclusion: Conclusion,
    pub explanation: Explanation,
}

/// The aspects that apply to an object type.
pub fn rule_for(object_type: ObjectType, pack: &EffectivePack) -> Result<&Cited<ExAnteRule>, Refusal> {
    pack.rules
        .ex_ante
        .iter()
        .rfind(|rule| rule.rule.object_types.contains(&object_type))
        .ok_or_else(|| Refusal::missing_section("事前绩效评估", "ex_ante"))
}

/// Grade and conclusion of the pack's own object type. Every aspect must be scored once, within its points.
pub fn conclude(scores: &[AspectScore], pack: &EffectivePack) -> Result<ExAnteResult, Vec<Refusal>> {
    let rule = rule_for(pack.object_type, pack).map_err(|refusal| vec![refusal])?;
    let mut refusals = Vec::new();
    let mut explanation = Explanation::of(rule);
    for aspect in &rule.rule.aspects {
        let given: Vec<_> = scores.iter().filter(|score| score.aspect == aspect.name).collect();
        match given.as_slice() {
            [score] if score.points >= Decimal::ZERO && score.points <= aspect.points => {
                let points = format!("{} 分（满分 {}）", plain(score.points), plain(aspect.points));
                explanation = explanation.input(&aspect.name, points);
            }
            [_] => {
                let message = format!("“{}”的得分须在 0 至 {} 之间", aspect.name, aspect.points);
                refusals.push(Refusal::new("ex_ante.points", &aspect.name, message));
            }
            _ => {
                let message = format!("“{}”须评分且只评一次", aspect.name);
                refusals.push(Refusal::new("ex_ante.aspect", &aspect.name, message));
            }
        }
    }
    for score in scores {
        if !rule.rule.aspects.iter().any(|aspect| aspect.name == score.aspect) {
            let message = format!("“{}”不是当前规则的评估内容", score.aspect);
            refusals.push(Refusal::new("ex_ante.unknown_aspect", &score.aspect, message));
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    close(scores, rule, explanation).map_err(|refusal| vec![refusal])
}

fn close(
    scores: &[AspectScore],
    rule: &Cited<ExAnteRule>,
    explanation: Explanation,
) -> Result<ExAnteResult, Refusal> {
    let total = Exact("ex_ante").sum(scores.iter().map(|score| score.points))?;
    let band = band_of(&rule.rule.bands, total)?;
    let conclusion = rule
        .rule
        .conclusions
        .iter()
        .find(|conclusion| conclusion.grade == band.grade)
        .ok_or_else(|| {
            Refusal::new("ex_ante.conclusion", "ex_ante", format!("等级“{}”没有对应的评估结论", band.name))
        })?
        .conclusion;
    let sum: Vec<_> = scores.iter().map(|score| plain(score.points)).collect();
    let explanation = explanation
        .step("各项得分合计", format!("{} = {}", sum.join(" + "), plain(total)))
        .step(format!("{} 分属于“{}”", plain(total), band.name), "")
        .result(format!("{}，{}", band.name, conclusion.chinese()));
    Ok(ExAnteResult { total, grade: band.grade, grade_name: band.name.clone(), conclusion, explanation })
}

/// What is known about a project or policy before it asks for money. Amounts in yuan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExAnteFacts {
    pub is_new: bool,
    pub is_policy: bool,
    /// Its period ended and it is to go on.
    pub expired_to_continue: bool,
    pub amount: Money,
    pub last_amount: Option<Money>,
    pub marks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicability {
    pub required: bool,
    pub explanation: Explanation,
}

/// Whether an assessment must be done first.
pub fn applicable(facts: &ExAnteFacts, pack: &EffectivePack) -> Result<Applicability, Refusal> {
    let rule = required(pack.rules.applicability.as_ref(), "事前绩效评估适用范围", "ex_ante")?;
    let explanation = Explanation::of(rule).input("申请金额", format!("{} 元", facts.amount));
    if let Some(mark) = facts.marks.iter().find(|mark| rule.rule.exempt_marks.contains(mark)) {
        let explanation = explanation.step(format!("标记“{mark}”免于事前评估"), "").result("无需评估");
        return Ok(Applicability { required: false, explanation });
    }
    let reason = reason(facts, rule)?;
    let (required, text, result) = match reason {
        Some(reason) => (true, reason, "须先开展事前绩效评估"),
        None => (false, "不属于须评估的情形".to_owned(), "无需评估"),
    };
    Ok(Applicability { required, explanation: explanation.step(text, "").result(result) })
}

fn reason(
    facts: &ExAnteFacts,
    rule: &Cited<crate::pack::ApplicabilityRule>,
) -> Result<Option<String>, Refusal> {
    let rule = &rule.rule;
    if facts.is_policy && rule.policy_always {
        return Ok(Some("出台政策须评估".into()));
    }
    if facts.expired_to_continue && rule.expired_to_continue {
        return Ok(Some("到期后继续实施须评估".into()));
    }
    if facts.is_new {
        return Ok(match rule.new_amount_min_yuan {
            None => Some("新增项目须评估".into()),
            Some(min) if facts.amount.yuan() >= min => Some(format!("新增项目金额达到 {min} 元")),
            Some(_) => None,
        });
    }
    let (Some(limit), Some(last)) = (rule.continuing_growth_over_percent, facts.last_amount) else {
        return Ok(None);
    };
    if last <= Money::ZERO {
        return Ok(None);
    }
    let exact = Exact("ex_ante");
    let grown = exact.sub(facts.amount.yuan(), last.yuan())?;
    let growth = exact.ratio(grown, Decimal::ONE_HUNDRED, last.yuan())?;
    Ok((growth > limit).then(|| format!("延续项目金额增长 {}%，超过 {}%", plain(growth), plain(limit))))
}

#[cfg(test)]
mod tests;

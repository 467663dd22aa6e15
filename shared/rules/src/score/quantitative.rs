//! Quantitative indicators (定量指标): met, or by ratio, with pass threshold and over-achievement.

use rust_decimal::Decimal;

use super::indicator::Points;
use super::measure::met;
use super::named;
use super::table::{Measure, ScoreIndicator};
use crate::effective::{EffectivePack, required};
use crate::exact::{Exact, HUNDRED, plain};
use crate::explanation::Explanation;
use crate::outcome::{Finding, Refusal, Severity};
use crate::pack::{
    Cited, OverAchievementRule, PassShape, PassThreshold, QuantitativeMethod, QuantitativeRule, ZeroTarget,
};
use crate::word::{Direction, Operator, ScoringMethod};

pub(super) struct Case<'a> {
    pub(super) indicator: &'a ScoreIndicator,
    pack: &'a EffectivePack,
    pub(super) operator: Operator,
    pub(super) target: &'a Measure,
    pub(super) actual: Decimal,
    pub(super) exact: Exact<'a>,
}

/// A ratio `upper / lower` of completion.
struct Ratio {
    upper: Decimal,
    lower: Decimal,
}

pub(super) fn score(
    indicator: &ScoreIndicator,
    pack: &EffectivePack,
    operator: Operator,
    target: &Measure,
    actual: Decimal,
    findings: &mut Vec<Finding>,
) -> Result<Points, Refusal> {
    let case = Case { indicator, pack, operator, target, actual, exact: Exact(&indicator.code) };
    if indicator.method == ScoringMethod::Satisfaction {
        return case.satisfaction();
    }
    let is_met = met(operator, actual, target);
    match indicator.method {
        ScoringMethod::Direct => return case.direct(is_met),
        ScoringMethod::Deduction => return case.deduction(is_met),
        ScoringMethod::Auto => {
            if let Some(rule) = named::rule_for(indicator, pack) {
                return case.named(rule, is_met);
            }
        }
        _ => {}
    }
    let rule = case.rule()?;
    if let Some(points) = case.tolerated(rule)? {
        return Ok(points);
    }
    let completion = case.completion(&rule.rule)?;
    let mut points = if is_met { case.full(rule) } else { case.unmet(rule)? };
    points.completion = completion;
    if is_met { case.over_achieved(points, findings) } else { Ok(points) }
}

/// A rule for the indicator's direction goes before one for all.
pub(super) fn chosen(
    pack: &EffectivePack,
    operator: Operator,
    direction: Option<Direction>,
) -> Option<&Cited<QuantitativeRule>> {
    let fits = |rule: &&Cited<QuantitativeRule>| {
        rule.rule.operators.contains(&operator)
            && (rule.rule.direction.is_none() || rule.rule.direction == direction)
    };
    pack.rules.quantitative.iter().filter(fits).max_by_key(|rule| rule.rule.direction.is_some())
}

impl Case<'_> {
    pub(super) fn explain<T>(&self, rule: &Cited<T>) -> Explanation {
        let unit = self.target.unit.as_deref().unwrap_or("");
        let target = match self.target.high {
            Some(high) => format!("{}~{}{unit}", plain(self.target.value), plain(high)),
            None => format!("{}{}{unit}", self.operator, plain(self.target.value)),
        };
        Explanation::of(rule)
            .input("指标", &self.indicator.name)
            .input("指标值", target)
            .input("完成值", format!("{}{unit}", plain(self.actual)))
            .input("分值", plain(self.indicator.weight))
    }

    fn rule(&self) -> Result<&Cited<QuantitativeRule>, Refusal> {
        chosen(self.pack, self.operator, self.indicator.direction).ok_or_else(|| {
            Refusal::missing_section(&format!("定量指标 {}", self.operator), &self.indicator.code)
        })
    }

    fn full(&self, rule: &Cited<QuantitativeRule>) -> Points {
        let weight = self.indicator.weight;
        let explanation = self.explain(rule).step("达到指标值，得满分", plain(weight));
        Points { points: weight, completion: None, explanation }
    }

    /// Full points for a small deviation, where the rule allows one.
    fn tolerated(&self, rule: &Cited<QuantitativeRule>) -> Result<Option<Points>, Refusal> {
        let Some(tolerance) = rule.rule.tolerance_percent else { return Ok(None) };
        let distance = self.exact.sub(self.actual, self.target.value)?.abs();
        let allowed = self.exact.mul(self.target.value.abs(), tolerance)?;
        if distance.is_zero() || self.exact.mul(distance, HUNDRED)? > allowed {
            return Ok(None);
        }
        let text = format!("与指标值偏离不超过 {}%，视为达到，得满分", plain(tolerance));
        let weight = self.indicator.weight;
        let explanation = self.explain(rule).step(text, plain(weight));
        Ok(Some(Points { points: weight, completion: None, explanation }))
    }

    fn direct(&self, is_met: bool) -> Result<Points, Refusal> {
        let rule = required(self.pack.rules.direct.as_ref(), "直接赋分", &self.indicator.code)?;
        let share = if is_met { HUNDRED } else { rule.rule.unmet_share_percent };
        let points = self.exact.ratio(self.indicator.weight, share, HUNDRED)?;
        let text =
            if is_met { "达到指标值，直接赋满分" } else { "未达到指标值，直接赋分" };
        let arithmetic = format!("{} × {}% = {}", plain(self.indicator.weight), plain(share), plain(points));
        Ok(Points { points, completion: None, explanation: self.explain(rule).step(text, arithmetic) })
    }

    fn satisfaction(&self) -> Result<Points, Refusal> {
        let rule = required(self.pack.rules.satisfaction.as_ref(), "满意度赋分", &self.indicator.code)?;
        let band = rule.rule.bands.iter().find(|band| band.contains(self.actual)).ok_or_else(|| {
            Refusal::new("satisfaction.range", &self.indicator.code, "满意度不在任何一档之内")
        })?;
        let points = self.exact.ratio(self.indicator.weight, band.share_percent, HUNDRED)?;
        let arithmetic =
            format!("{} × {}% = {}", plain(self.indicator.weight), plain(band.share_percent), plain(points));
        let text = format!("满意度 {}% 落在自 {}% 起的一档", plain(self.actual), plain(band.from));
        Ok(Points { points, completion: None, explanation: self.explain(rule).step(text, arithmetic) })
    }

    fn deduction(&self, is_met: bool) -> Result<Points, Refusal> {
        let rule = required(self.pack.rules.deduction.as_ref(), "按偏离扣分", &self.indicator.code)?;
        let weight = self.indicator.weight;
        if is_met {
            let explanation = self.explain(rule).step("达到指标值，不扣分", plain(weight));
            return Ok(Points { points: weight, completion: None, explanation });
        }
        let target = match self.target.high {
            Some(high) if self.operator == Operator::Range && self.actual > high => high,
            _ => self.target.value,
        };
        if target <= Decimal::ZERO {
            return Err(self.undefined("指标值不是正数，无法计算偏离度，请改用直接赋分"));
        }
        let distance = self.exact.sub(self.actual, target)?.abs();
        let steps =
            self.exact.ratio(distance, HUNDRED, self.exact.mul(target, rule.rule.step_percent)?)?.trunc();
        let share =
            self.exact.sub(HUNDRED, self.exact.mul(steps, rule.rule.points_percent)?)?.max(Decimal::ZERO);
        let points = self.exact.ratio(weight, share, HUNDRED)?;
        let (step, cost) = (plain(rule.rule.step_percent), plain(rule.rule.points_percent));
        let explanation = self
            .explain(rule)
            .step(
                format!("与指标值偏离满 {} 个 {step}%", plain(steps)),
                format!("{} ÷ {} ÷ {step}%", plain(distance), plain(target)),
            )
            .step(
                format!("每个 {step}% 扣分值的 {cost}%"),
                format!("{} × {}% = {}", plain(weight), plain(share), plain(points)),
            );
        Ok(Points { points, completion: None, explanation })
    }

    /// Actual over target in percent, for judging over-achievement; only where more is better.
    fn completion(&self, rule: &QuantitativeRule) -> Result<Option<Decimal>, Refusal> {
        if rule.method == QuantitativeMethod::ActualOverTarget && self.target.value > Decimal::ZERO {
            return self.exact.ratio(self.actual, HUNDRED, self.target.value).map(Some);
        }
        Ok(None)
    }

    fn unmet(&self, rule: &Cited<QuantitativeRule>) -> Result<Points, Refusal> {
        let Some(ratio) = self.ratio(&rule.rule)? else { return self.direct(false) };
        let weight = self.indicator.weight;
        let explanation = self.explain(rule);
        if let Some(pass) = self.pass(&rule.rule)? {
            return self.above_threshold(&ratio, pass, explanation);
        }
        let points = self.exact.ratio(weight, ratio.upper, ratio.lower)?.clamp(Decimal::ZERO, weight);
        let arithmetic = format!(
            "{} × {} ÷ {} = {}",
            plain(weight),
            plain(ratio.upper),
            plain(ratio.lower),
            plain(points)
        );
        Ok(Points {
            points,
            completion: None,
            explanation: explanation.step("未达到指标值，按完成比例计分", arithmetic),
        })
    }

    /// Nothing means: score directly.
    fn ratio(&self, rule: &QuantitativeRule) -> Result<Option<Ratio>, Refusal> {
        let (target, actual) = (self.target.value, self.actual);
        let nearer = match (rule.method, self.target.high) {
            (QuantitativeMethod::Direct, _) => return Ok(None),
            (QuantitativeMethod::WithinRange, Some(high)) if actual > high => high,
            (QuantitativeMethod::WithinRange, None) => {
                return Err(Refusal::new("target.range", &self.indicator.code, "区间指标须填写上限"));
            }
            _ => target,
        };
        if nearer.is_zero() {
            return match rule.zero_target {
                ZeroTarget::Direct => Ok(None),
                ZeroTarget::Refuse => Err(self.undefined("指标值为零，无法按比例计分")),
            };
        }
        if nearer < Decimal::ZERO {
            return Err(self.undefined("指标值为负数，无法按比例计分，请改用直接赋分"));
        }
        let downward = match rule.method {
            QuantitativeMethod::TargetOverActual => true,
            QuantitativeMethod::TwoSided | QuantitativeMethod::WithinRange => actual > nearer,
            _ => false,
        };
        if downward && actual <= Decimal::ZERO {
            return Err(self.undefined("完成值不是正数，无法按比例计分，请改用直接赋分"));
        }
        let actual = actual.max(Decimal::ZERO);
        Ok(Some(if downward {
            Ratio { upper: nearer, lower: actual }
        } else {
            Ratio { upper: actual, lower: nearer }
        }))
    }

    fn undefined(&self, message: &str) -> Refusal {
        Refusal::new("quantitative.ratio_undefined", &self.indicator.code, message)
    }

    fn pass(&self, rule: &QuantitativeRule) -> Result<Option<PassThreshold>, Refusal> {
        let pass = match (self.indicator.pass_at_percent, rule.pass) {
            (Some(at_percent), given) => {
                Some(PassThreshold { at_percent, shape: given.map_or(PassShape::Cut, |pass| pass.shape) })
            }
            (None, given) => given,
        };
        match pass {
            Some(pass) if pass.at_percent < Decimal::ZERO || pass.at_percent >= HUNDRED => {
                Err(Refusal::new("pass.range", &self.indicator.code, "及格门槛须在 0% 至 100%（不含）之间"))
            }
            other => Ok(other),
        }
    }

    /// Divides once and last: a share rounded on the way could move a score that lies on the edge of rounding.
    fn above_threshold(
        &self,
        ratio: &Ratio,
        pass: PassThreshold,
        explanation: Explanation,
    ) -> Result<Points, Refusal> {
        let weight = self.indicator.weight;
        let Ratio { upper, lower } = *ratio;
        let at = pass.at_percent;
        let percent = plain(self.exact.ratio(upper, HUNDRED, lower)?);
        let above = self.exact.sub(self.exact.mul(upper, HUNDRED)?, self.exact.mul(at, lower)?)?;
        let threshold = plain(at);
        if above < Decimal::ZERO {
            let text = format!("完成比例 {percent}% 低于及格门槛 {threshold}%，不得分");
            return Ok(Points {
                points: Decimal::ZERO,
                completion: None,
                explanation: explanation.step(text, "0"),
            });
        }
        let (points, arithmetic) = match pass.shape {
            PassShape::Cut => {
                let points = self.exact.ratio(weight, upper, lower)?.min(weight);
                (points, format!("{} × {percent}% = {}", plain(weight), plain(points)))
            }
            PassShape::Shifted => {
                let rest = self.exact.mul(HUNDRED - at, lower)?;
                let points = self.exact.ratio(weight, above, rest)?.min(weight);
                let weight = plain(weight);
                let arithmetic = format!(
                    "{weight} × ({percent}% − {threshold}%) ÷ (100% − {threshold}%) = {}",
                    plain(points)
                );
                (points, arithmetic)
            }
        };
        let text = format!("未达到指标值，完成比例不低于及格门槛 {threshold}%");
        Ok(Points { points, completion: None, explanation: explanation.step(text, arithmetic) })
    }

    fn over_achieved(&self, points: Points, findings: &mut Vec<Finding>) -> Result<Points, Refusal> {
        let (Some(rule), Some(completion)) = (&self.pack.rules.over_achievement, points.completion) else {
            return Ok(points);
        };
        match rule.rule {
            OverAchievementRule::Explain { trigger_percent } if completion > trigger_percent => {
                findings.push(Finding::new(
                    "over_achievement.explain",
                    Severity::Warning,
                    format!("{}.actual", self.indicator.code),
                    format!("完成值是指标值的 {}%，远超目标，须说明原因", plain(completion)),
                ));
                Ok(points)
            }
            OverAchievementRule::Reduce { trigger_percent, points_percent, floor_percent }
                if completion > trigger_percent =>
            {
                let cost = self.exact.mul(self.exact.sub(completion, trigger_percent)?, points_percent)?;
                let share = self.exact.sub(HUNDRED, cost)?.clamp(floor_percent.min(HUNDRED), HUNDRED);
                let reduced = self.exact.ratio(points.points, share, HUNDRED)?;
                let text = format!("完成值是指标值的 {}%，目标设定偏低，按偏离度扣分", plain(completion));
                let arithmetic = format!("{} × {}% = {}", plain(points.points), plain(share), plain(reduced));
                let mut explanation = points.explanation.step(text, arithmetic);
                explanation.steps.push(crate::explanation::Step {
                    text: format!("扣分依据{}（规则 {}）", rule.document, rule.id),
                    arithmetic: String::new(),
                });
                Ok(Points { points: reduced, explanation, ..points })
            }
            _ => Ok(points),
        }
    }
}

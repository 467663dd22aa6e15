//! Lights that do not flicker (防止忽亮忽灭): turning worse is immediate, turning better has to be earned.

use hengji_kernel::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Lit;
use crate::effective::EffectivePack;
use crate::exact::plain;
use crate::explanation::Explanation;
use crate::pack::Light;

/// Which of the two lights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// 资金执行
    Execution,
    /// 绩效目标
    Result,
}

/// The light as it stands, and the day it turned so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub light: Light,
    pub since: Date,
}

/// The light to show: `lit`, unless it is better than the one that stands and the pack asks for a margin or for time. A
/// light that is off, or that a suspension set, is never held.
pub fn steady(lit: Lit, line: Line, standing: &Standing, as_of: Date, pack: &EffectivePack) -> Lit {
    let Some(rule) = &pack.rules.light_hysteresis else { return lit };
    let coloured = |light| matches!(light, Light::Green | Light::Yellow | Light::Red);
    if !coloured(lit.light) || !coloured(standing.light) || lit.light >= standing.light {
        return lit;
    }
    let days = as_of.days_since(standing.since);
    if days < i64::from(rule.rule.hold_days) {
        let text = format!("已亮 {days} 日，不足 {} 日，暂不转好", rule.rule.hold_days);
        return held(lit, standing.light, text, rule.id.as_str());
    }
    let margin = match line {
        Line::Execution => rule.rule.execution_margin_points,
        Line::Result => rule.rule.result_margin_percent,
    };
    let Some((behind, (yellow, red))) = lit.behind.zip(limits(line, pack)) else { return lit };
    let inside = |limit: Decimal| limit.checked_sub(margin).is_some_and(|limit| behind < limit);
    let light = match standing.light {
        Light::Red if !inside(red) => Light::Red,
        _ if !inside(yellow) => Light::Yellow,
        _ => lit.light,
    };
    if light <= lit.light {
        return lit;
    }
    held(lit, light, format!("落后 {}，距界限不足 {}，暂不转好", plain(behind), plain(margin)), &rule.id)
}

fn limits(line: Line, pack: &EffectivePack) -> Option<(Decimal, Decimal)> {
    match line {
        Line::Execution => {
            pack.rules.light_execution.as_ref().map(|rule| (rule.rule.yellow_behind, rule.rule.red_behind))
        }
        Line::Result => pack
            .rules
            .light_result
            .as_ref()
            .map(|rule| (rule.rule.yellow_behind_percent, rule.rule.red_behind_percent)),
    }
}

fn held(lit: Lit, light: Light, text: String, rule: &str) -> Lit {
    let explanation = lit.explanation.step(format!("{text}（规则 {rule}）"), "").result(light.chinese());
    Lit { light, explanation, ..lit }
}

/// Whether a light that changed on these days flaps; then why.
pub fn flapping(changes: &[Date], as_of: Date, pack: &EffectivePack) -> Option<Explanation> {
    let rule = pack.rules.light_hysteresis.as_ref()?;
    let recent = changes
        .iter()
        .filter(|day| (0..i64::from(rule.rule.flapping_days)).contains(&as_of.days_since(**day)))
        .count();
    (recent as u64 >= u64::from(rule.rule.flapping_changes)).then(|| {
        Explanation::of(rule)
            .input("截止日期", as_of)
            .step(format!("{} 日内变化 {recent} 次", rule.rule.flapping_days), "")
            .result("灯色频繁变化")
    })
}

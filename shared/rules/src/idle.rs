//! Idle money by age (沉淀资金账龄).

use hengji_kernel::{Date, Money};
use serde::{Deserialize, Serialize};

use crate::effective::{EffectivePack, required};
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::Light;

/// Money that lies idle, with its age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aged {
    /// Name of the age, as printed.
    pub name: String,
    /// Calendar days since it arrived.
    pub days: i64,
    pub light: Light,
    pub explanation: Explanation,
}

/// The age of money unpaid since a day; nothing where it is less than the rule lists.
pub fn age(amount: Money, since: Date, as_of: Date, pack: &EffectivePack) -> Result<Option<Aged>, Refusal> {
    const SUBJECT: &str = "idle_money";
    let rule = required(pack.rules.idle_money.as_ref(), "沉淀资金账龄", SUBJECT)?;
    let days = as_of.days_since(since);
    if amount <= Money::ZERO || amount.yuan() < rule.rule.from_yuan || days < 0 {
        return Ok(None);
    }
    let holds = |from: u32, to: Option<u32>| days >= i64::from(from) && to.is_none_or(|to| days < to.into());
    let age = rule.rule.ages.iter().find(|age| holds(age.from_days, age.to_days)).ok_or_else(|| {
        Refusal::new("idle_money.ages", SUBJECT, format!("闲置 {days} 日不在任何一档账龄之内"))
    })?;
    let explanation = Explanation::of(rule)
        .input("未支付金额", format!("{amount} 元"))
        .input("到账日", since)
        .input("截止日期", as_of)
        .step("闲置日数", format!("{days} 日，属于“{}”", age.name))
        .result(format!("{}，{}", age.name, age.light.chinese()));
    Ok(Some(Aged { name: age.name.clone(), days, light: age.light, explanation }))
}

#[cfg(test)]
mod tests;

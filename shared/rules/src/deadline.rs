//! Time limits (时限): the last day of an act, in calendar days or working days.

use hengji_kernel::Date;
use serde::{Deserialize, Serialize};

use crate::effective::EffectivePack;
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{Act, DayKind, Days};
use crate::word::ObjectType;

/// The last day an act is in time, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub date: Date,
    pub explanation: Explanation,
}

/// The last day for an act that begins with an event on the day `from`, which itself is not counted. A rule for the object type
/// goes before one for any; without either the refusal `deadline.none` says so.
pub fn due(act: Act, object_type: ObjectType, from: Date, pack: &EffectivePack) -> Result<Due, Refusal> {
    let of_act = || pack.rules.deadlines.iter().filter(move |rule| rule.rule.act == act);
    let rule = of_act()
        .find(|rule| rule.rule.object_types.contains(&object_type))
        .or_else(|| of_act().find(|rule| rule.rule.object_types.is_empty()))
        .ok_or_else(|| {
            let message = format!("当前生效的规则包没有规定“{}”的时限", act.chinese());
            Refusal::new("deadline.none", "deadlines", message)
        })?;
    let (date, unlisted) = last_day(rule.rule.limit, from, pack);
    let limit = rule.rule.limit;
    let mut explanation = Explanation::of(rule)
        .input("起算日", from)
        .step(format!("自次日起 {} {}", limit.days, limit.counted.chinese()), date.to_string());
    if let Some(year) = unlisted {
        explanation = explanation.step(without_holidays(year), "");
    }
    Ok(Due { date, explanation: explanation.result(format!("{}截止 {date}", act.chinese())) })
}

/// The last of so many days after an event. A working day is Monday to Friday, except as the pack's holidays say; the year
/// beside it is one that the pack does not list, where weekends alone were left out.
pub fn last_day(limit: Days, from: Date, pack: &EffectivePack) -> (Date, Option<i32>) {
    if limit.counted == DayKind::Calendar {
        return (from.plus_days(limit.days.into()), None);
    }
    let (mut date, mut left, mut unlisted) = (from, limit.days, None);
    while left > 0 {
        let next = date.plus_days(1);
        if next == date {
            break;
        }
        date = next;
        let listed = pack.rules.working_days.iter().find(|rule| rule.rule.year == date.year());
        if listed.is_none() {
            unlisted = unlisted.or(Some(date.year()));
        }
        let weekend = date.inner().weekday().number_from_monday() > 5;
        let works = match listed {
            Some(rule) if weekend => rule.rule.on.contains(&date),
            Some(rule) => !rule.rule.off.contains(&date),
            None => !weekend,
        };
        left -= u32::from(works);
    }
    (date, unlisted)
}

/// What to tell beside a day that was counted without the year's holidays.
pub fn without_holidays(year: i32) -> String {
    format!("{year} 年的节假日安排尚未列入规则包，只除去了周六和周日")
}

#[cfg(test)]
mod tests;

//! Checks of one indicator.

use hengji_kernel::Date;
use rust_decimal::Decimal;

use super::weights::level1_word;
use super::{DraftIndicator, Found, TargetDraft};
use crate::exact::{HUNDRED, plain};
use crate::pack::QualityCheck;
use crate::score::table::Measure;
use crate::value::{self, Reading};
use crate::word::{Direction, Nature, Operator};

pub(super) fn check(target: &TargetDraft, index: usize, leaf: &DraftIndicator, found: &mut Found<'_>) {
    let path = |field: &str| format!("indicators[{index}].{field}");
    match &found.rule.rule.check {
        QualityCheck::Readable { units, growth_words } => {
            if let Some(message) = unreadable(target, leaf, units, growth_words) {
                found.add(path("target"), message);
            }
        }
        QualityCheck::NotRaised {} if not_raised(target, leaf) => {
            found.add(path("target"), "指标值不高于上年完成值，而预算增加");
        }
        QualityCheck::Slogans { words, max_rest_chars } if is_slogan(&leaf.name, words, *max_rest_chars) => {
            found.add(path("name"), format!("“{}”只有口号，没有对象和尺度", leaf.name));
        }
        QualityCheck::GenericName { max_share_percent }
            if !leaf.common && leaf.used_by_percent.is_some_and(|share| share > *max_share_percent) =>
        {
            let message =
                format!("“{}”被超过 {}% 的项目使用，属于泛指标", leaf.name, plain(*max_share_percent));
            found.add(path("name"), message);
        }
        QualityCheck::NameIsLevel {} if is_level(leaf) => {
            found.add(path("name"), format!("“{}”只是重复了指标类别", leaf.name));
        }
        QualityCheck::Criteria {} if leaf.nature == Nature::Qualitative && !leaf.has_criteria => {
            found.add(path("criteria"), "定性指标须写明各评判等级的标准");
        }
        QualityCheck::Inputs { words, level1 } if is_input(leaf, words, level1) => {
            found.add(path("name"), format!("“{}”是投入，不能作为产出或效益", leaf.name));
        }
        QualityCheck::SurveyPlan { words } if needs_survey(leaf, words) => {
            found.add(path("survey_plan"), "满意度指标须有调查方案");
        }
        QualityCheck::DeadlineInYear {} => {
            if let Some(date) = deadline(target, leaf)
                && date.year() != target.year.number()
                && !leaf.mid_term
            {
                found.add(path("target"), format!("完成期限 {date} 不在预算年度 {} 内", target.year));
            }
        }
        QualityCheck::CostWithinBudget { words, level_words } => {
            if let Some(cost) = cost(target, leaf, words, level_words)
                && target.budget.is_some_and(|budget| cost > budget.yuan())
            {
                found.add(path("target"), format!("成本 {} 元超过预算", plain(cost)));
            }
        }
        QualityCheck::ZeroTarget { level_words } if promises_nothing(target, leaf, level_words) => {
            found.add(path("target"), "指标值为 0，没有写明要控制的数额");
        }
        _ => {}
    }
}

fn read(target: &TargetDraft, leaf: &DraftIndicator) -> Result<Reading, crate::outcome::Refusal> {
    match &leaf.target {
        Some(measure) => Ok(Reading::Number(measure.clone())),
        None => value::read_in_year(&leaf.target_text, target.year),
    }
}

fn number(target: &TargetDraft, leaf: &DraftIndicator) -> Option<Measure> {
    match read(target, leaf) {
        Ok(Reading::Number(measure)) => Some(measure),
        _ => None,
    }
}

fn unreadable(
    target: &TargetDraft,
    leaf: &DraftIndicator,
    units: &[String],
    growth: &[String],
) -> Option<String> {
    let reading = match read(target, leaf) {
        Ok(reading) => reading,
        Err(_) if leaf.nature == Nature::Qualitative => return None,
        Err(refusal) => return Some(refusal.message),
    };
    let measure = match reading {
        Reading::Number(measure) => measure,
        Reading::Deadline { .. } | Reading::Period { .. } => return None,
        Reading::Blank => return Some("没有填写指标值".into()),
        Reading::Words { .. } if leaf.nature == Nature::Qualitative => return None,
        Reading::Words { .. } => return Some("定量指标的指标值须是数值".into()),
    };
    if measure.operator.is_none() && leaf.direction.is_none() {
        return Some("指标值没有比较符号".into());
    }
    let Some(unit) = &measure.unit else { return Some("指标值没有计量单位".into()) };
    if !units.is_empty() && !units.iter().any(|known| value::same_unit(known, unit)) {
        return Some(format!("计量单位“{unit}”不在单位表内"));
    }
    if unit != "%" || growth.iter().any(|word| leaf.name.contains(word.as_str())) {
        return None;
    }
    let highest = measure.high.unwrap_or(measure.value);
    if measure.value < Decimal::ZERO || highest > HUNDRED {
        return Some("比率须在 0% 至 100% 之间".into());
    }
    is_fraction(&measure, highest, leaf.direction).then(|| {
        let (written, meant) = (plain(highest), plain(highest * HUNDRED));
        format!("{written}% 像是写成小数的百分数，应写 {meant}%")
    })
}

/// 0.85% where 85% is meant. Nobody promises so little of what there should be much of; of accidents or complaints, which
/// should be few, less than 1% is a target like any other.
fn is_fraction(measure: &Measure, highest: Decimal, direction: Option<Direction>) -> bool {
    let few_are_meant = match measure.operator {
        Some(Operator::Le | Operator::Lt) => true,
        Some(Operator::Ge | Operator::Gt) => false,
        Some(Operator::Eq | Operator::Range) | None => direction == Some(Direction::Negative),
    };
    !few_are_meant && highest > Decimal::ZERO && highest < Decimal::ONE
}

fn not_raised(target: &TargetDraft, leaf: &DraftIndicator) -> bool {
    let (Some(measure), Some(last)) = (number(target, leaf), leaf.last_actual) else { return false };
    let more_is_better = match measure.operator {
        Some(operator) => matches!(operator, Operator::Ge | Operator::Gt | Operator::Eq),
        None => leaf.direction == Some(Direction::Positive),
    };
    let grew = target.budget.zip(target.last_budget).is_some_and(|(budget, last)| budget > last);
    more_is_better && measure.value <= last && grew
}

fn is_slogan(name: &str, words: &[String], max_rest_chars: u32) -> bool {
    let mut rest = name.to_owned();
    for word in words {
        rest = rest.replace(word.as_str(), "");
    }
    rest != name && rest.chars().filter(|c| c.is_alphanumeric()).count() as u64 <= u64::from(max_rest_chars)
}

fn is_level(leaf: &DraftIndicator) -> bool {
    let name = level1_word(leaf.name.trim());
    name == level1_word(&leaf.level2) || name == level1_word(&leaf.level1)
}

fn is_input(leaf: &DraftIndicator, words: &[String], level1: &[String]) -> bool {
    level1.iter().any(|level| level1_word(level) == level1_word(&leaf.level1))
        && !leaf.level2.contains("成本")
        && words.iter().any(|word| leaf.name.contains(word.as_str()))
}

fn needs_survey(leaf: &DraftIndicator, words: &[String]) -> bool {
    !leaf.has_survey_plan
        && words.iter().any(|word| leaf.level1.contains(word.as_str()) || leaf.name.contains(word.as_str()))
}

fn deadline(target: &TargetDraft, leaf: &DraftIndicator) -> Option<Date> {
    if leaf.target.is_some() {
        return None;
    }
    match value::read_in_year(&leaf.target_text, target.year) {
        Ok(Reading::Deadline { by }) => Some(by),
        Ok(Reading::Period { to, .. }) => Some(to),
        _ => None,
    }
}

fn stands_under(leaf: &DraftIndicator, level_words: &[String]) -> bool {
    level_words.iter().any(|word| leaf.level1.contains(word.as_str()) || leaf.level2.contains(word.as_str()))
}

fn promises_nothing(target: &TargetDraft, leaf: &DraftIndicator, level_words: &[String]) -> bool {
    stands_under(leaf, level_words)
        && number(target, leaf).is_some_and(|measure| measure.high.unwrap_or(measure.value).is_zero())
}

/// Target of a total-cost indicator in yuan.
fn cost(
    target: &TargetDraft,
    leaf: &DraftIndicator,
    words: &[String],
    level_words: &[String],
) -> Option<Decimal> {
    if !stands_under(leaf, level_words) || !words.iter().any(|word| leaf.name.contains(word.as_str())) {
        return None;
    }
    let measure = number(target, leaf)?;
    let factor = value::factor(measure.unit.as_deref()?, "元")?;
    measure.high.unwrap_or(measure.value).checked_mul(factor)
}

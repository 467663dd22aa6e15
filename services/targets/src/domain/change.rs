//! What differs between two states of a target's contents (修改对照).

use hengji_rules::{Direction, Nature, Operator};
use serde::{Deserialize, Serialize};

use super::{Contents, Indicator};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Change {
    /// As the contract calls it.
    pub(crate) field: String,
    /// Code of the indicator; empty for a field of the target itself.
    pub(crate) indicator: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Field by field; indicators are told apart by their codes.
pub(crate) fn between(before: &Contents, after: &Contents) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&mut changes, "", &fields(before), &fields(after));
    rows(&mut changes, &before.indicators, &after.indicators);
    rows(&mut changes, &before.mid_term, &after.mid_term);
    changes
}

fn rows(changes: &mut Vec<Change>, before: &[Indicator], after: &[Indicator]) {
    for old in before {
        match after.iter().find(|new| new.code == old.code) {
            Some(new) => compare(changes, &old.code, &leaf(old), &leaf(new)),
            None => changes.push(whole(old, old.title.clone(), String::new())),
        }
    }
    let known = |new: &Indicator| before.iter().any(|old| old.code == new.code);
    let came = after.iter().filter(|new| !known(new));
    changes.extend(came.map(|new| whole(new, String::new(), new.title.clone())));
}

fn whole(indicator: &Indicator, before: String, after: String) -> Change {
    Change { field: "indicator".into(), indicator: indicator.code.clone(), before, after }
}

type Fields = Vec<(&'static str, String)>;

fn compare(changes: &mut Vec<Change>, indicator: &str, before: &Fields, after: &Fields) {
    for ((field, before), (_, after)) in before.iter().zip(after) {
        if before != after {
            changes.push(Change {
                field: (*field).to_owned(),
                indicator: indicator.to_owned(),
                before: before.clone(),
                after: after.clone(),
            });
        }
    }
}

fn fields(contents: &Contents) -> Fields {
    vec![
        ("goal_text", contents.goal_text.clone()),
        ("mid_term_goal_text", contents.mid_term_goal_text.clone()),
        ("template", contents.template.clone()),
        ("budget_yuan", contents.budget.to_string()),
    ]
}

fn leaf(indicator: &Indicator) -> Fields {
    let nature = match indicator.nature {
        Nature::Quantitative => "定量",
        Nature::Qualitative => "定性",
    };
    let operator = indicator.operator.map_or(nature, Operator::sign);
    let direction = indicator.direction.map_or("", |direction| match direction {
        Direction::Positive => "正向",
        Direction::Negative => "反向",
    });
    let interim = indicator.interim.iter().map(|one| format!("{}月 {}", one.month, one.value.normalize()));
    vec![
        ("level1", indicator.level1.clone()),
        ("level2", indicator.level2.clone()),
        ("title", indicator.title.clone()),
        ("catalog_indicator", indicator.catalog_indicator.clone()),
        ("operator", operator.to_owned()),
        ("value_text", indicator.value_text.clone()),
        ("unit", indicator.unit.clone()),
        ("direction", direction.to_owned()),
        ("weight", indicator.weight.normalize().to_string()),
        ("interim_values", interim.collect::<Vec<_>>().join("；")),
        ("evidence_plan", indicator.evidence_plan.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    #[test]
    fn tells_what_changed_came_and_went_and_nothing_else() {
        let before = sample::contents();
        assert_eq!(between(&before, &before), vec![]);
        let mut after = before.clone();
        after.goal_text = "养护农村公路 150 公里".into();
        after.indicators[0].value_text = "≥150公里".into();
        after.indicators[1].weight = "25.00".parse().unwrap();
        let gone = after.indicators.remove(2);
        after.indicators.push(sample::indicator("e", "效益指标", "社会效益指标", "通行车次", "≥300次", "30"));
        let told: Vec<_> = between(&before, &after)
            .into_iter()
            .map(|change| (change.field, change.indicator, change.before, change.after))
            .collect();
        let row = |texts: [&str; 4]| {
            let [field, indicator, before, after] = texts.map(str::to_owned);
            (field, indicator, before, after)
        };
        assert_eq!(
            told,
            [
                row(["goal_text", "", "养护农村公路 120 公里", "养护农村公路 150 公里"]),
                row(["value_text", "a", "≥120公里", "≥150公里"]),
                row(["indicator", "c", &gone.title, ""]),
                row(["indicator", "e", "", "通行车次"]),
            ]
        );
    }
}

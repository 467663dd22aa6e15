//! How monitoring's nouns are stored: whole as JSON, with a column for whatever is searched, dated or summed.

mod follow;
mod ledger;
mod reconciliation;
mod rollups;
mod rounds;
mod sums;
mod turns;

use hengji_db::{Body, Record, Scoping, Value};

use crate::domain::{
    Allotment, Bond, CorrectiveAction, Funds, MonitoredCondition, Payment, Position, ProjectKey, Reading,
    Suspension,
};

pub(crate) use follow::{advance, resume_token};
pub(crate) use ledger::taken_back;
pub(crate) use reconciliation::{Period, sums_by_group, vouchers_by_group};
pub(crate) use rollups::{Part, Rollup, fold, rollups};
pub(crate) use rounds::{FormCounts, Grouping, form_counts, paid_by_position};
pub(crate) use sums::{IdleQuestion, first_issue, idle_by_day, last_paid_until, paid_until};
pub(crate) use turns::{claim_turn, give_back_turn};

/// Region, unit and year, which every noun is found by.
fn place(project: &ProjectKey, unit: impl Into<Value>) -> Vec<(&'static str, Value)> {
    vec![("region", project.region.clone().into()), ("unit", unit.into()), ("year", project.year.into())]
}

fn with(
    mut columns: Vec<(&'static str, Value)>,
    more: Vec<(&'static str, Value)>,
) -> Vec<(&'static str, Value)> {
    columns.extend(more);
    columns
}

/// ` direct_funds transfer `: closed words between blanks, as [`hengji_db::Filter::holds`] finds one.
fn words<T: serde::Serialize + Ord + Clone>(words: &[T]) -> String {
    let mut sorted = words.to_vec();
    sorted.sort_unstable();
    let listed: Vec<_> = sorted.iter().map(word).collect();
    if listed.is_empty() { String::new() } else { format!(" {} ", listed.join(" ")) }
}

/// A closed word as it is stored, such as `special_bond`.
pub(crate) fn word<T: serde::Serialize>(word: &T) -> String {
    match Value::word(word) {
        Value::Text(Some(text)) => text,
        _ => String::new(),
    }
}

impl Record for Allotment {
    const TABLE: &'static str = "allotment";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        with(
            place(&self.issue.project, &self.issue.unit),
            vec![
                ("project", self.issue.project.name().into()),
                ("state", Value::word(&self.state)),
                ("amount_fen", self.current().into()),
                ("issue_date", self.issue.issue_date.into()),
            ],
        )
    }
}

impl Record for Bond {
    const TABLE: &'static str = "special_bond";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        with(place(&self.project, &self.unit), vec![("project", self.project.name().into())])
    }
}

impl Record for Payment {
    const TABLE: &'static str = "payment";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        with(
            place(&self.row.project, &self.unit),
            vec![
                ("project", self.row.project.name().into()),
                ("pay_date", self.row.pay_date.into()),
                ("amount_fen", self.row.amount.into()),
                ("functional_account", (&self.row.functional_account).into()),
                ("corrects", self.row.corrected().into()),
            ],
        )
    }
}

impl Record for Funds {
    const TABLE: &'static str = "position";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        let warned: Vec<_> = self.warnings.iter().map(|warning| warning.class).collect();
        with(
            place(&self.project, &self.unit),
            vec![
                ("initial_fen", self.initial.into()),
                ("budget_fen", self.budget.into()),
                ("allotted_fen", self.allotted.into()),
                ("paid_fen", self.paid.into()),
                ("money_light", Value::word(&self.money.light)),
                ("result_light", Value::word(&self.result.light)),
                ("fund_kind", Value::word(&self.fund_kind)),
                ("marks", words(&self.marks).into()),
                ("warnings", words(&warned).into()),
                ("idle_since", self.idle_since().into()),
            ],
        )
    }
}

/// The same row with what a payment leaves alone.
impl Record for Position {
    const TABLE: &'static str = Funds::TABLE;
    const SCOPED: Scoping = Funds::SCOPED;

    fn name(&self) -> String {
        self.funds.name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        self.funds.columns()
    }
}

impl Body for Position {
    const COLUMNS: &'static [&'static str] = &["body", "indicators"];

    fn encode(&self) -> Result<Vec<String>, serde_json::Error> {
        Ok(vec![serde_json::to_string(&self.funds)?, serde_json::to_string(&self.indicators)?])
    }

    fn decode(texts: &[String]) -> Result<Self, serde_json::Error> {
        let text = |index: usize| texts.get(index).map_or("", String::as_str);
        Ok(Self { funds: serde_json::from_str(text(0))?, indicators: serde_json::from_str(text(1))? })
    }
}

impl Record for Reading {
    const TABLE: &'static str = "reading";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", self.region.clone().into()),
            ("unit", self.unit.clone().into()),
            ("year", self.year.into()),
            ("project", (&self.object).into()),
            ("reading_date", self.date.into()),
        ]
    }
}

impl Record for MonitoredCondition {
    const TABLE: &'static str = "monitored_condition";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", self.region.clone().into()),
            ("unit", self.unit.clone().into()),
            ("year", self.year.into()),
            ("project", (&self.project).into()),
            ("due_date", self.due_date.into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for CorrectiveAction {
    const TABLE: &'static str = "corrective_action";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        with(
            place(&self.project, &self.unit),
            vec![
                ("project", self.project.name().into()),
                ("due_date", self.due_date.into()),
                ("state", Value::word(&self.state)),
            ],
        )
    }
}

impl Record for Suspension {
    const TABLE: &'static str = "suspension";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        with(
            place(&self.project, &self.unit),
            vec![("project", self.project.name().into()), ("state", Value::word(&self.state))],
        )
    }
}

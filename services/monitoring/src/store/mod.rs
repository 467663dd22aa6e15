//! How monitoring's nouns are stored: whole as JSON, with a column for whatever is searched, dated or summed.

mod follow;
mod ledger;
mod rounds;
mod sums;

use hengji_db::{Record, Scoping, Value};

use crate::domain::{
    Allotment, CorrectiveAction, MonitoredCondition, Payment, Position, ProjectKey, Reading, Suspension,
};

pub(crate) use follow::{advance, resume_token};
pub(crate) use ledger::save_positions;
pub(crate) use rounds::{FormCounts, Grouping, form_counts, paid_by_position};
pub(crate) use sums::{Sums, first_issue, paid_until, sums};

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
                ("amount_fen", self.issue.amount.into()),
                ("issue_date", self.issue.issue_date.into()),
            ],
        )
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
            ],
        )
    }
}

impl Record for Position {
    const TABLE: &'static str = "position";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        with(
            place(&self.project, &self.unit),
            vec![
                ("initial_fen", self.initial.into()),
                ("budget_fen", self.budget.into()),
                ("allotted_fen", self.allotted.into()),
                ("paid_fen", self.paid.into()),
                ("money_light", Value::word(&self.money.light)),
                ("result_light", Value::word(&self.result.light)),
            ],
        )
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
        with(place(&self.project, &self.unit), vec![("state", Value::word(&self.state))])
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

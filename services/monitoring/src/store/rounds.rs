//! Rounds and forms as records, and what is counted and summed over them.

use std::collections::HashMap;

use hengji_db::{DbError, Record, Row, Scoping, Tx, Value};
use hengji_kernel::{Date, FiscalYear, Money, RegionCode, UnitCode};

use super::sums::subtree;
use super::{place, with, word, words};
use crate::domain::{Cause, Likelihood, Mark, MonitoringForm, Round};

impl Record for Round {
    const TABLE: &'static str = "monitoring_round";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", self.region.clone().into()),
            ("unit", self.scope.unit.as_ref().map_or("", UnitCode::as_str).into()),
            ("year", self.year.into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for MonitoringForm {
    const TABLE: &'static str = "monitoring_form";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        let figures = &self.figures;
        let likely = |likelihood| self.count(|entry| entry.likelihood == Some(likelihood));
        let caused = |cause| self.count(|entry| entry.causes.contains(&cause));
        with(
            place(&self.project, &self.unit),
            vec![
                ("round", (&self.round).into()),
                ("project", self.project.name().into()),
                ("state", Value::word(&self.state)),
                ("due_date", self.due.into()),
                ("fund_kind", Value::word(&figures.fund_kind)),
                ("marks", words(&figures.marks).into()),
                ("budget_fen", figures.budget.into()),
                ("paid_fen", figures.paid.into()),
                ("forecast_fen", self.forecast.into()),
                ("money_light", Value::word(&figures.money)),
                ("result_light", Value::word(&figures.result)),
                ("certain", likely(Likelihood::Certain)),
                ("possible", likely(Likelihood::Possible)),
                ("impossible", likely(Likelihood::Impossible)),
                ("funding", caused(Cause::Funding)),
                ("rules", caused(Cause::Rules)),
                ("staff", caused(Cause::Staff)),
                ("facilities", caused(Cause::Facilities)),
                ("other", caused(Cause::Other)),
            ],
        )
    }
}

impl MonitoringForm {
    fn count(&self, counts: impl Fn(&crate::domain::Entry) -> bool) -> Value {
        i64::try_from(self.rows.iter().filter(|row| counts(&row.entry)).count()).unwrap_or(i64::MAX).into()
    }
}

/// What the rows of a statistic stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grouping {
    Total,
    Region,
    Department,
    FundKind,
    Mark,
}

impl Grouping {
    /// The key of a row in SQL, and what rows it counts; one for each statement that is needed.
    pub(crate) fn keys(self) -> Vec<(String, String)> {
        let all = |key: &str| vec![(key.to_owned(), "1 = 1".to_owned())];
        match self {
            Self::Total => all("cast('' as text)"),
            Self::Region => all("region"),
            Self::Department => all("substr(unit, 1, 3)"),
            Self::FundKind => all("coalesce(fund_kind, '')"),
            Self::Mark => {
                let of = |mark: &Mark| {
                    let word = word(mark);
                    (format!("cast('{word}' as text)"), format!("marks like '% {word} %'"))
                };
                Mark::ALL.iter().map(of).collect()
            }
        }
    }
}

/// Counts and sums over the forms of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormCounts {
    /// As stored: a code, a word, or empty.
    pub(crate) key: String,
    pub(crate) forms: i64,
    pub(crate) filed: i64,
    pub(crate) accepted: i64,
    pub(crate) overdue: i64,
    pub(crate) budget: Money,
    pub(crate) paid: Money,
    pub(crate) forecast: Money,
    /// Light as stored, with its count.
    pub(crate) money_lights: Vec<(String, i64)>,
    pub(crate) result_lights: Vec<(String, i64)>,
    pub(crate) likelihoods: Vec<(Likelihood, i64)>,
    pub(crate) causes: Vec<(Cause, i64)>,
}

const LIGHTS: [&str; 4] = ["unlit", "green", "yellow", "red"];

/// Forms of a round in a unit subtree, counted by key; overdue as of `today`.
pub(crate) async fn form_counts(
    tx: &mut Tx,
    round: &str,
    unit: Option<&UnitCode>,
    by: Grouping,
    today: Date,
) -> Result<Vec<FormCounts>, DbError> {
    let [from, to] = subtree(unit.map_or("", UnitCode::as_str));
    let args: [Value; 4] = [round.into(), from, to, today.into()];
    let columns = counted_columns();
    let mut counted = Vec::new();
    for (key, which) in by.keys() {
        let sql = format!(
            "select {key} as key, count(*) as forms, {columns} from monitoring_form \
             where round = $1 and unit >= $2 and unit < $3 and {which} group by 1 order by 1"
        );
        for row in tx.all(&sql, &args).await? {
            counted.push(counts(&row)?);
        }
    }
    Ok(counted)
}

fn counted_columns() -> String {
    let total = |what: &str, name: &str| format!("cast(coalesce(sum({what}), 0) as bigint) as {name}");
    let when = |condition: &str, name: &str| total(&format!("case when {condition} then 1 else 0 end"), name);
    let mut columns = vec![
        when("state in ('filed', 'accepted')", "filed"),
        when("state = 'accepted'", "accepted"),
        when("state in ('pending', 'returned') and due_date < $4", "overdue"),
    ];
    let sums = ["budget_fen", "paid_fen", "forecast_fen"];
    columns.extend(sums.iter().map(|column| total(column, column)));
    for light in LIGHTS {
        columns.push(when(&format!("money_light = '{light}'"), &format!("money_{light}")));
        columns.push(when(&format!("result_light = '{light}'"), &format!("result_{light}")));
    }
    let words = Likelihood::ALL.iter().map(word).chain(Cause::ALL.iter().map(word));
    columns.extend(words.map(|column| total(&column, &column)));
    columns.join(", ")
}

fn counts(row: &Row) -> Result<FormCounts, DbError> {
    let lights = |prefix: &str| {
        let of = |light: &str| Ok((light.to_owned(), row.int(&format!("{prefix}_{light}"))?));
        LIGHTS.into_iter().map(of).collect::<Result<Vec<_>, DbError>>()
    };
    Ok(FormCounts {
        key: row.text("key")?,
        forms: row.int("forms")?,
        filed: row.int("filed")?,
        accepted: row.int("accepted")?,
        overdue: row.int("overdue")?,
        budget: row.money("budget_fen")?,
        paid: row.money("paid_fen")?,
        forecast: row.money("forecast_fen")?,
        money_lights: lights("money")?,
        result_lights: lights("result")?,
        likelihoods: Likelihood::ALL
            .into_iter()
            .map(|likelihood| Ok((likelihood, row.int(&word(&likelihood))?)))
            .collect::<Result<_, DbError>>()?,
        causes: Cause::ALL
            .into_iter()
            .map(|cause| Ok((cause, row.int(&word(&cause))?)))
            .collect::<Result<_, DbError>>()?,
    })
}

/// Paid net of refunds by vouchers dated up to that day, by name of the position.
pub(crate) async fn paid_by_position(
    tx: &mut Tx,
    region: &RegionCode,
    unit: Option<&UnitCode>,
    year: FiscalYear,
    day: Date,
) -> Result<HashMap<String, Money>, DbError> {
    let sql = "select name, (select cast(coalesce(sum(amount_fen), 0) as bigint) from payment \
               where payment.project = replace(position.name, '/positions/', '/projects/') and pay_date <= $6) as paid \
               from position where region >= $1 and region < $2 and unit >= $3 and unit < $4 and year = $5";
    let [region_from, region_to] = subtree(region.prefix());
    let [unit_from, unit_to] = subtree(unit.map_or("", UnitCode::as_str));
    let args: [Value; 6] = [region_from, region_to, unit_from, unit_to, year.into(), day.into()];
    tx.all(sql, &args).await?.iter().map(|row| Ok((row.text("name")?, row.money("paid")?))).collect()
}

//! How evaluation's nouns are stored: whole as JSON, with a column for whatever is searched.

use std::collections::{BTreeMap, BTreeSet};

use hengji_db::{Record, Scoping, Tx, Value};
use hengji_kernel::{FiscalYear, RegionCode};
use hengji_rpc::Fault;

use crate::domain::{Draw, EvaluationKind, EvaluationTask, Institution, TaskState};

impl Record for EvaluationTask {
    const TABLE: &'static str = "evaluation_task";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        let grade = self.scorecard.as_ref().map(|card| card.grade);
        vec![
            ("region", self.region.clone().into()),
            ("unit", self.subject.unit.clone().into()),
            ("year", self.year.into()),
            ("kind", Value::word(&self.kind)),
            ("state", Value::word(&self.state)),
            ("grade", grade.map_or(Value::Text(None), |grade| Value::word(&grade))),
            ("object", (&self.subject.object).into()),
            ("evaluator", (&self.evaluator).into()),
            ("amount_fen", self.subject.amount.into()),
            ("executed_fen", self.executed.into()),
        ]
    }
}

impl Record for Institution {
    const TABLE: &'static str = "institution";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", self.region.clone().into()),
            ("unit", self.unit.clone().into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for Draw {
    const TABLE: &'static str = "draw";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", self.region.clone().into()),
            ("unit", self.unit.clone().into()),
            ("task", (&self.task).into()),
        ]
    }
}

/// How many tasks each organization of the region holds that are not final.
pub(crate) async fn open_tasks(tx: &mut Tx, region: &RegionCode) -> Result<BTreeMap<String, i64>, Fault> {
    let sql = "select evaluator, count(*) as tasks from evaluation_task \
               where state in ($1, $2, $3) and evaluator >= $4 and evaluator < $5 group by evaluator";
    let states = [TaskState::Open, TaskState::Scored, TaskState::OpinionsExchanged];
    let mut args: Vec<Value> = states.iter().map(Value::word).collect();
    args.push(format!("regions/{region}/organizations/").into());
    args.push(format!("regions/{region}/organizations0").into()); // '0' follows '/'
    let mut held = BTreeMap::new();
    for row in tx.all(sql, &args).await? {
        held.insert(row.text("evaluator")?, row.int("tasks")?);
    }
    Ok(held)
}

/// The objects of a region subtree and year that have evaluated themselves.
pub(crate) async fn self_evaluated(
    tx: &mut Tx,
    region: &RegionCode,
    year: FiscalYear,
) -> Result<BTreeSet<String>, Fault> {
    let sql = "select distinct object from evaluation_task \
               where year = $1 and kind = $2 and state in ($3, $4) and region >= $5 and region <= $6";
    let args: Vec<Value> = vec![
        year.into(),
        Value::word(&EvaluationKind::Own),
        Value::word(&TaskState::Scored),
        Value::word(&TaskState::Final),
        format!("{:0<9}", region.prefix()).into(),
        format!("{:9<9}", region.prefix()).into(),
    ];
    let rows = tx.all(sql, &args).await?;
    rows.iter().map(|row| Ok(row.text("object")?)).collect()
}

//! How the nouns of result application are stored: whole as JSON, with a column for whatever is searched or summed.

pub(crate) mod figure_rows;
pub(crate) mod proposals;

use hengji_db::{DbError, Filter, Record, Scoping, Tx, Value};
use hengji_kernel::DataScope;

use crate::domain::{
    AnnualReport, Disclosure, Feedback, LinkageProposal, LinkageRun, Rectification, UnmetExplanation,
};

/// Records read at once where all of them are wanted.
const CHUNK: usize = 1000;

/// Every record the filter finds, in name order, whatever the caller's scope: for sums that must be whole.
pub(crate) async fn all<T: Record>(tx: &mut Tx, filter: &Filter) -> Result<Vec<T>, DbError> {
    let mut records: Vec<T> = Vec::new();
    loop {
        let after = records.last().map(Record::name);
        let rows = tx.page::<T>(&DataScope::Everything, filter, after.as_deref(), CHUNK).await?;
        let last = rows.len() < CHUNK;
        records.extend(rows.into_iter().map(|row| row.record));
        if last {
            return Ok(records);
        }
    }
}

impl Record for Feedback {
    const TABLE: &'static str = "feedback";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("task", (&self.task).into()),
        ]
    }
}

impl Record for Rectification {
    const TABLE: &'static str = "rectification";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for LinkageRun {
    const TABLE: &'static str = "linkage_run";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("year", self.year.into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for LinkageProposal {
    const TABLE: &'static str = "linkage_proposal";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("run", (&self.run).into()),
            ("project", (&self.project).into()),
            ("action", Value::word(&self.action())),
            ("cut_fen", self.cut().into()),
            ("decided", self.decided.is_some().into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for UnmetExplanation {
    const TABLE: &'static str = "unmet_explanation";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for Disclosure {
    const TABLE: &'static str = "disclosure";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("region", (&self.region).into()), ("year", self.year.into()), ("kind", Value::word(&self.kind))]
    }
}

impl Record for AnnualReport {
    const TABLE: &'static str = "annual_report";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("region", (&self.region).into()), ("year", self.year.into())]
    }
}

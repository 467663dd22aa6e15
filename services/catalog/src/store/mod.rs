//! How catalog's nouns are stored: whole as JSON, with a column for whatever is searched.

mod revisions;
mod search;
mod usage;

use hengji_db::{Record, Scoping, Value};

pub(crate) use self::revisions::{code_of, in_force, last_in_force};
pub(crate) use self::search::{changed_since, changes, indicators, touch};
pub(crate) use self::usage::{Counted, TargetUse, Uses, take_in_use, uses};
use crate::domain::{CodeList, Indicator, Living, PackRevision, Template};

/// Stored for an open end.
const NO_YEAR: i64 = 9999;

impl Record for Indicator {
    const TABLE: &'static str = "indicator";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.layer).into()),
            ("object_type", Value::word(&self.object_type)),
            ("industry", (&self.industry).into()),
            ("state", Value::word(&self.state)),
            ("refines", (&self.refines).into()),
            ("proposed_to", self.proposal.as_ref().map_or("", |proposal| proposal.to.as_str()).into()),
        ]
    }
}

impl Record for Template {
    const TABLE: &'static str = "target_template";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.layer).into()),
            ("object_type", Value::word(&self.object_type)),
            ("state", Value::word(&self.state)),
            ("year_from", self.year_from.into()),
            ("year_to", self.year_to.map_or(NO_YEAR.into(), Value::from)),
        ]
    }
}

impl Record for CodeList {
    const TABLE: &'static str = "code_list";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.layer).into()),
            ("extends", (&self.extends).into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for PackRevision {
    const TABLE: &'static str = "rule_pack";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.layer).into()),
            ("code", (&self.code).into()),
            ("revision", self.revision.into()),
            ("state", Value::word(&self.state)),
            ("valid_from", self.valid_from.into()),
            ("content_sha256", (&self.content_sha256).into()),
        ]
    }
}

/// `$1`, `$2`, ... in the order the values are given.
#[derive(Default)]
struct Arguments(Vec<Value>);

impl Arguments {
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }

    fn bind_all<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        values.into_iter().map(|value| self.bind(value)).collect::<Vec<_>>().join(", ")
    }
}

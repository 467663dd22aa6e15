//! How the nouns of targets are stored: whole as JSON, with a column for whatever is searched or summed.

pub(crate) mod gate;
pub(crate) mod listed;
pub(crate) mod lookup;
pub(crate) mod tallies;
pub(crate) mod told;
pub(crate) mod usage;

use hengji_db::{Record, Scoping, Value};
use hengji_kernel::Timestamp;

use crate::domain::{
    Addition, Assessment, ControlFigure, Delegation, Hold, Project, ProjectVersion, QualityReport,
    QualityRun, QualityStatistic, Reduction, Target, TargetVersion,
};

impl Record for Project {
    const TABLE: &'static str = "project";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("code", (&self.code).into()),
            ("fund_kind", Value::word(&self.fund_kind)),
            ("state", Value::word(&self.state)),
            ("request_fen", self.request.into()),
            ("approved_fen", self.approved.into()),
            ("added_fen", self.added.into()),
            ("reduced_fen", self.reduced.into()),
            ("category", Value::word(&self.category)),
            ("marks", words(self.marks.iter().map(|mark| mark.word())).into()),
            ("ex_ante_required", self.ex_ante_required.into()),
        ]
    }
}

/// Words between blanks, as `Filter::holds` finds them.
fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.fold(" ".to_owned(), |text, word| text + word + " ")
}

impl Record for ProjectVersion {
    const TABLE: &'static str = "project_version";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.project.region).into()),
            ("unit", (&self.project.unit).into()),
            ("year", self.project.year.into()),
            ("project", self.project.resource_name().into()),
        ]
    }
}

impl Record for ControlFigure {
    const TABLE: &'static str = "control_figure";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("initial_fen", self.initial.into()),
        ]
    }
}

impl Record for Assessment {
    const TABLE: &'static str = "ex_ante_assessment";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        let grade = self.outcome.as_ref().map(|outcome| Value::word(&outcome.grade));
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("project", (&self.project).into()),
            ("state", if grade.is_some() { "concluded" } else { "draft" }.into()),
            ("grade", grade.unwrap_or(Value::Text(None))),
            ("cut_fen", self.cut().into()),
            ("latest", self.counts().into()),
        ]
    }
}

impl Record for Target {
    const TABLE: &'static str = "target";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.object.unit).into()),
            ("year", self.year.into()),
            ("object_kind", Value::word(&self.object.kind)),
            ("object", (&self.object.name).into()),
            ("state", Value::word(&self.state)),
            ("target_version", self.target_version.into()),
            ("approved_version", self.approved_version.into()),
            ("budget_fen", self.contents.budget.into()),
            ("approved_at", self.approved_at.into()),
            ("review_due", self.review_due.into()),
        ]
    }
}

impl Record for TargetVersion {
    const TABLE: &'static str = "target_version";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.0.region).into()),
            ("unit", (&self.0.object.unit).into()),
            ("year", self.0.year.into()),
            ("target", self.0.resource_name().into()),
            ("target_version", self.0.target_version.into()),
        ]
    }
}

impl Record for Addition {
    const TABLE: &'static str = "addition";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("project", (&self.project).into()),
            ("target", (&self.target).into()),
            ("state", Value::word(&self.state)),
            ("amount_fen", self.amount.into()),
        ]
    }
}

impl Record for Reduction {
    const TABLE: &'static str = "reduction";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("project", (&self.project).into()),
            ("state", Value::word(&self.state)),
            ("amount_fen", self.amount.into()),
        ]
    }
}

impl Record for Hold {
    const TABLE: &'static str = "hold";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", (&self.unit).into()),
            ("year", self.year.into()),
            ("project_code", (&self.project_code).into()),
            ("state", Value::word(&self.state)),
        ]
    }
}

impl Record for Delegation {
    const TABLE: &'static str = "review_delegation";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", self.unit.as_ref().map(ToString::to_string).unwrap_or_default().into()),
            ("delegate", (&self.delegate).into()),
            ("stage", Value::word(&self.stage)),
            ("state", Value::word(&self.state)),
            ("to_date", self.to.into()),
        ]
    }
}

impl Record for QualityRun {
    const TABLE: &'static str = "quality_run";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("year", self.year.into()),
            ("state", Value::word(&self.state)),
            ("not_before", self.not_before.map_or(0, Timestamp::micros).into()),
        ]
    }
}

impl Record for QualityStatistic {
    const TABLE: &'static str = "quality_statistic";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("region", (&self.region).into()), ("unit", (&self.unit).into())]
    }
}

impl Record for QualityReport {
    const TABLE: &'static str = "quality_report";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("region", (&self.region).into()), ("unit", (&self.unit).into())]
    }
}

//! Everything the report counts, as read at one time.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::facts::{
    Addition, Assessment, Coverage, Hold, Institution, Position, Project, Target, Task, TaskKind, project_key,
};
use crate::domain::{LinkageProposal, Rectification, UnmetExplanation};

/// Of one region subtree and year. Records of other services are as they answered; our own as stored.
pub(crate) struct Snapshot {
    pub(crate) projects: BTreeMap<String, Project>,
    /// With an approved version.
    pub(crate) targets: Vec<Target>,
    pub(crate) additions: Vec<Addition>,
    pub(crate) assessments: Vec<Assessment>,
    /// At the cut-off.
    pub(crate) positions: Vec<Position>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) coverage: Coverage,
    pub(crate) institutions: Vec<Institution>,
    /// Blocking the following year.
    pub(crate) holds: Vec<Hold>,
    /// Of applied runs.
    pub(crate) applied: Vec<LinkageProposal>,
    pub(crate) rectifications: Vec<Rectification>,
    pub(crate) explanations: Vec<UnmetExplanation>,
}

impl Snapshot {
    /// Projects with an approved target: who owes a self-evaluation.
    pub(crate) fn expected(&self) -> BTreeSet<&str> {
        self.targets
            .iter()
            .map(|target| target.object.as_str())
            .filter(|one| project_key(one).is_some())
            .collect()
    }

    /// Of these, who has a scored or final one.
    pub(crate) fn evaluated(&self) -> BTreeSet<&str> {
        let done: BTreeSet<&str> = self
            .tasks
            .iter()
            .filter(|task| task.kind == TaskKind::SelfEvaluation && task.scored)
            .map(|task| task.object.as_str())
            .collect();
        self.expected().intersection(&done).copied().collect()
    }

    /// Final tasks of one kind.
    pub(crate) fn final_tasks(&self, kind: TaskKind) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(move |task| task.kind == kind && task.is_final)
    }

    /// Where the amounts of an object come from; empty where nothing is said.
    pub(crate) fn amount_source(&self, object: &str) -> &str {
        let own = self.projects.get(object);
        let source = own.or_else(|| self.of_department(object));
        source.map_or("", |project| &project.amount_source)
    }

    /// A department's money is its projects' money: the first of them that notes where its amounts come from.
    fn of_department(&self, object: &str) -> Option<&Project> {
        let (_, department) = object.split_once("/organizations/")?;
        let mut own = self.projects.values().filter(|project| project.unit.as_str().starts_with(department));
        own.find(|project| !project.amount_source.is_empty())
    }
}

//! What the rules need to know beside the record at hand. The service itself looks, so no caller's scope applies: a hold
//! placed by another department still holds.

use std::collections::HashMap;

use hengji_db::{DbError, Filter, Record, Stored, Tx, Value};
use hengji_kernel::DataScope;

use crate::domain::{Assessment, Before, Hold, HoldState, Project, ProjectStanding, Target};

/// Values looked up by one statement.
const VALUES_A_STATEMENT: usize = 500;

async fn all<T: Record>(
    tx: &mut Tx,
    column: &'static str,
    values: &[String],
    more: &Filter,
) -> Result<Vec<Stored<T>>, DbError> {
    let mut values = values.to_vec();
    values.sort_unstable();
    values.dedup();
    let mut found = Vec::new();
    for chunk in values.chunks(VALUES_A_STATEMENT) {
        let filter = more.clone().one_of(column, chunk);
        found.extend(tx.page::<T>(&DataScope::Everything, &filter, None, usize::MAX).await?);
    }
    Ok(found)
}

/// Everything the gates look at for some projects.
#[derive(Default)]
pub(crate) struct Surroundings {
    /// Holds that stand on the codes of the projects, whatever their year.
    pub(crate) holds: Vec<Hold>,
    /// Latest concluded assessment by project.
    pub(crate) assessments: HashMap<String, Assessment>,
}

impl Surroundings {
    pub(crate) async fn of(
        tx: &mut Tx,
        projects: impl IntoIterator<Item = &Project>,
    ) -> Result<Self, DbError> {
        let (mut codes, mut names) = (vec![], vec![]);
        for project in projects {
            codes.push(project.code.clone());
            names.push(project.resource_name());
        }
        let standing = Filter::new().eq("state", Value::word(&HoldState::Standing));
        let holds = all::<Hold>(tx, "project_code", &codes, &standing).await?;
        let counting = Filter::new().eq("latest", 1_i64);
        let found = all::<Assessment>(tx, "project", &names, &counting).await?;
        let assessments =
            found.into_iter().map(|stored| (stored.record.project.clone(), stored.record)).collect();
        Ok(Self { holds: holds.into_iter().map(|stored| stored.record).collect(), assessments })
    }

    pub(crate) fn holds_on(&self, project: &ProjectStanding) -> Vec<&Hold> {
        self.holds.iter().filter(|hold| hold.blocks(project)).collect()
    }
}

/// Targets about a project.
pub(crate) async fn targets_of(tx: &mut Tx, project: &str) -> Result<Vec<Target>, DbError> {
    let found = all::<Target>(tx, "object", &[project.to_owned()], &Filter::new()).await?;
    Ok(found.into_iter().map(|stored| stored.record).collect())
}

/// The assessment that has counted for a project until now.
pub(crate) async fn assessment_of(tx: &mut Tx, project: &str) -> Result<Option<Stored<Assessment>>, DbError> {
    let counting = Filter::new().eq("latest", 1_i64);
    Ok(all::<Assessment>(tx, "project", &[project.to_owned()], &counting).await?.pop())
}

/// What projects with the same codes were the year before, by code; the projects are all of one region and year.
pub(crate) async fn last_year(tx: &mut Tx, projects: &[Project]) -> Result<HashMap<String, Before>, DbError> {
    let Some(first) = projects.first() else { return Ok(HashMap::new()) };
    let codes: Vec<_> = projects.iter().map(|project| project.code.clone()).collect();
    let before = Filter::new().eq("region", &first.region).eq("year", i64::from(first.year.number()) - 1);
    let found = all::<Project>(tx, "code", &codes, &before).await?;
    let before = |stored: Stored<Project>| {
        let project = stored.record;
        let end = project.details.period.map(|period| period.end);
        (project.code.clone(), Before { budget: project.budget(), end })
    };
    Ok(found.into_iter().map(before).collect())
}

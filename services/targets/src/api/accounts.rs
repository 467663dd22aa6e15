//! Functional accounts of projects, checked against the list of their year.

use hengji_rpc::{Call, Fault, Reason};

use super::State;
use crate::domain::Project;

/// What is wrong with the account of one project.
pub(super) async fn fault(state: &State, call: &Call, project: &Project) -> Result<Option<String>, Fault> {
    if project.functional_account.is_empty() {
        return Ok(None);
    }
    let accounts = state.catalog.accounts(call, &project.region, project.year).await?;
    Ok(accounts.fault(&project.functional_account))
}

/// Refuses accounts their year does not know, all at once; `[]` in `path` takes the number of the project.
pub(super) async fn demand(
    state: &State,
    call: &Call,
    projects: &[Project],
    path: &str,
) -> Result<(), Fault> {
    let mut faults = vec![];
    for (index, project) in projects.iter().enumerate() {
        if let Some(message) = fault(state, call, project).await? {
            let row = path.replace("[]", &format!("[{index}]"));
            faults.push((format!("{row}functional_account"), message));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Fault::fields(Reason::FieldInvalid, faults)) }
}

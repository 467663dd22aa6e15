//! The project every noun of monitoring hangs on.

use hengji_kernel::{Date, FiscalYear, Invalid, RegionCode, name};
use serde::{Deserialize, Serialize};

/// `regions/640323000/years/2021/projects/P001`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ProjectKey {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    /// Last part of the name.
    pub(crate) id: String,
}

impl ProjectKey {
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        let (region, year, id) = name::parse_yearly(text, "projects")?;
        Ok(Self { region, year, id: id.to_owned() })
    }

    pub(crate) fn name(&self) -> String {
        self.sibling("projects", &self.id)
    }

    /// `regions/640323000/years/2021/positions/P001`
    pub(crate) fn position(&self) -> String {
        self.sibling("positions", &self.id)
    }

    /// A name in the project's region and year.
    pub(crate) fn sibling(&self, collection: &str, id: &str) -> String {
        name::yearly(&self.region, self.year, collection, id)
    }

    /// `regions/640323000/years/2021`
    pub(crate) fn parent(&self) -> String {
        format!("regions/{}/years/{}", self.region, self.year)
    }

    pub(crate) fn holds(&self, date: Date) -> bool {
        date.year() == self.year.number()
    }
}

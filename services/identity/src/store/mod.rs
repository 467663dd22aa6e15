//! How identity's nouns are stored: whole as JSON, with a column for whatever is searched.

use hengji_db::{Record, Scoping, Value};

use crate::domain::{Account, Organization, Region, Role};

impl Record for Region {
    const TABLE: &'static str = "region";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("region", self.code.clone().into())]
    }
}

impl Record for Organization {
    const TABLE: &'static str = "organization";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", self.region.clone().into()),
            ("unit", self.code.clone().into()),
            ("kind", Value::word(&self.kind)),
        ]
    }
}

impl Record for Account {
    const TABLE: &'static str = "account";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("region", self.region.clone().into())]
    }
}

impl Record for Role {
    const TABLE: &'static str = "role";
    const SCOPED: Scoping = Scoping::None;

    fn name(&self) -> String {
        self.resource_name()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![]
    }
}

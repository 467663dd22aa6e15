use hengji_kernel::RegionCode;
use serde::{Deserialize, Serialize};

/// A fiscal division (财政区划).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Region {
    pub(crate) code: RegionCode,
    pub(crate) title: String,
}

impl Region {
    pub(crate) fn resource_name(&self) -> String {
        format!("regions/{}", self.code)
    }
}

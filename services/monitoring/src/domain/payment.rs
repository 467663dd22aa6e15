use hengji_kernel::{Date, Money, UnitCode};
use serde::{Deserialize, Serialize};

use super::ProjectKey;

/// A payment voucher as it is stored (支付凭证); never altered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payment {
    #[serde(flatten)]
    pub(crate) row: PaymentRow,
    /// Unit of the project.
    pub(crate) unit: UnitCode,
}

/// A voucher as it arrives, its words read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaymentRow {
    pub(crate) voucher: String,
    pub(crate) project: ProjectKey,
    pub(crate) amount: Money,
    pub(crate) pay_date: Date,
    pub(crate) payee: String,
    pub(crate) note: String,
}

impl PaymentRow {
    /// The voucher number is the id: one number, one payment in a region and year.
    pub(crate) fn resource_name(&self) -> String {
        self.project.sibling("payments", &self.voucher)
    }
}

impl Payment {
    pub(crate) fn resource_name(&self) -> String {
        self.row.resource_name()
    }
}

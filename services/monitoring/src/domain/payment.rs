use hengji_kernel::{Date, Money, UnitCode};
use serde::{Deserialize, Serialize};

use super::ProjectKey;
use crate::error::Refusal;

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
    /// 支出功能分类; empty if not given.
    #[serde(default)]
    pub(crate) functional_account: String,
    /// 政府预算支出经济分类; empty if not given.
    #[serde(default)]
    pub(crate) economic_account: String,
    /// Number of the voucher this one corrects; empty if none.
    #[serde(default)]
    pub(crate) corrects: String,
}

impl PaymentRow {
    /// The voucher number is the id: one number, one payment in a region and year.
    pub(crate) fn resource_name(&self) -> String {
        self.project.sibling("payments", &self.voucher)
    }

    /// A correction (更正、冲销) takes back no more than is left of the payment it corrects, which is of the same project;
    /// `before`: what other corrections took back of it.
    pub(crate) fn takes_back_from(&self, corrected: Option<&Self>, before: Money) -> Result<(), Refusal> {
        let Some(corrected) = corrected.filter(|corrected| corrected.project == self.project) else {
            return Err(Refusal::field("corrects", format!("项目没有凭证号为 {} 的支付", self.corrects)));
        };
        if !self.amount.is_negative() || corrected.amount.is_negative() {
            return Err(Refusal::field("amount_yuan", "更正应为负数，且只能更正一笔支付"));
        }
        if before - self.amount > corrected.amount {
            let already =
                if before.is_zero() { String::new() } else { format!("，连同已冲回的 {before} 元") };
            let rule = format!("冲回 {} 元{already}，多于被更正支付的 {} 元", -self.amount, corrected.amount);
            return Err(Refusal::field("amount_yuan", rule));
        }
        Ok(())
    }

    /// Name of the payment this one corrects.
    pub(crate) fn corrected(&self) -> Option<String> {
        (!self.corrects.is_empty()).then(|| self.project.sibling("payments", &self.corrects))
    }
}

impl Payment {
    pub(crate) fn resource_name(&self) -> String {
        self.row.resource_name()
    }
}

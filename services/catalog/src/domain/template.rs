use hengji_kernel::{FiscalYear, RegionCode};
use hengji_rules::{Confidence, ObjectType};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{LibraryState, Yearly, living};

/// The level-1/level-2 tree and weights of a form (指标体系模板).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) object_type: ObjectType,
    /// Region that owns it.
    pub(crate) layer: RegionCode,
    pub(crate) year_from: FiscalYear,
    /// Open if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) year_to: Option<FiscalYear>,
    pub(crate) generation: String,
    pub(crate) rows: Vec<TemplateRow>,
    pub(crate) document: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<Confidence>,
    /// Templates stored before they had a life were in force at once.
    #[serde(default = "in_force")]
    pub(crate) state: LibraryState,
    #[serde(default = "first")]
    pub(crate) revision: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) successor: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<Box<Self>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) history: Vec<Self>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TemplateRow {
    pub(crate) level1: String,
    pub(crate) level2: Vec<String>,
    pub(crate) weight: Decimal,
}

const fn in_force() -> LibraryState {
    LibraryState::Active
}

const fn first() -> u32 {
    1
}

living!(Template, "模板", "templates", "template");

impl Yearly for Template {
    fn years(&self) -> (FiscalYear, Option<FiscalYear>) {
        (self.year_from, self.year_to)
    }
}

impl Template {
    /// What is wrong with the weights, as (field, rule): each above 0, 100 in all with the execution rate.
    pub(crate) fn weight_faults(&self) -> Vec<(String, String)> {
        let mut faults: Vec<_> = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.weight <= Decimal::ZERO)
            .map(|(index, row)| (format!("rows[{index}].weight"), format!("分值 {} 须大于 0", row.weight)))
            .collect();
        let sum = self.rows.iter().try_fold(Decimal::ZERO, |sum, row| sum.checked_add(row.weight));
        if sum != Some(Decimal::ONE_HUNDRED) {
            let sum = sum.map_or_else(|| "过大".to_owned(), |sum| sum.normalize().to_string());
            faults.push(("rows".into(), format!("各行分值（含预算执行率）合计 {sum}，应为 100")));
        }
        faults
    }
}

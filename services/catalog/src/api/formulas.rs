//! Formulas of common indicators: list, compute.

use std::collections::BTreeMap;

use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};
use hengji_rules::formula::{Formula, ZeroDivisor};

use super::State;
use super::fields::Fields;
use crate::domain::formulas;
use crate::error::Refusal;

pub(crate) async fn list(
    _: &State,
    _: &Call,
    request: pb::ListFormulasRequest,
) -> Result<pb::ListFormulasResponse, Fault> {
    let computes = |formula: &&Formula| {
        let mut names = formula.indicators.iter().map(|code| indicator(code));
        request.indicator.is_empty() || names.any(|name| name == request.indicator)
    };
    Ok(pb::ListFormulasResponse { formulas: formulas().iter().filter(computes).map(told).collect() })
}

pub(crate) async fn compute(
    _: &State,
    _: &Call,
    request: pb::ComputeFormulaRequest,
) -> Result<pb::ComputeFormulaResponse, Fault> {
    let formula = formulas().iter().find(|formula| formula.code == request.code);
    let formula = formula.ok_or_else(|| Fault::not_found(format!("formulas/{}", request.code)))?;
    let mut fields = Fields::default();
    let mut quantities = BTreeMap::new();
    for (name, value) in &request.quantities {
        let field = format!("quantities[{name}]");
        if !formula.quantities.iter().any(|quantity| quantity.name == *name) {
            fields.wrong(&field, format!("“{}”的公式没有这个数量", formula.title));
        }
        quantities.insert(name.clone(), fields.required_decimal(&field, Some(value)));
    }
    fields.done()?;
    let computed = formula.compute(&quantities).map_err(Refusal::NotComputable)?;
    let conclusion = format!("{}：{}", formula.title, computed.explanation.result);
    Ok(pb::ComputeFormulaResponse {
        value: Some(words::decimal(computed.value)),
        unit: computed.unit,
        explanation: Some(words::explanation(&conclusion, &[computed.explanation])),
    })
}

fn told(formula: &Formula) -> pb::Formula {
    pb::Formula {
        code: formula.code.clone(),
        title: formula.title.clone(),
        indicators: formula.indicators.iter().map(|code| indicator(code)).collect(),
        quantities: formula
            .quantities
            .iter()
            .map(|quantity| pb::FormulaQuantity {
                name: quantity.name.clone(),
                title: quantity.title.clone(),
                unit: quantity.unit.clone(),
                signed: quantity.signed,
            })
            .collect(),
        expression: formula.in_words(),
        unit: formula.unit.clone(),
        zero_divisor: match &formula.zero_divisor {
            ZeroDivisor::Refuse { message } => message.clone(),
            ZeroDivisor::Value { value, reason } => format!("{value}：{reason}"),
        },
        document: formula.document.clone(),
        note: formula.note.clone().unwrap_or_default(),
    }
}

fn indicator(code: &str) -> String {
    format!("indicators/{code}")
}

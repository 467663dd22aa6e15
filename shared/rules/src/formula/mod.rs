//! Formulas of common indicators (共性指标计算公式), computed by name from supplied quantities.
//!
//! A formula is data: quantities, an expression over them, what a zero divisor means, and the document it comes from.

mod expression;

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use self::expression::Expression;
use crate::exact::{self, Exact, plain};
use crate::explanation::Explanation;
use crate::outcome::{Finding, Refusal, Severity};
use crate::pack::RoundingMode;
use crate::word::Confidence;

/// Decimals of a computed value.
const PLACES: u32 = 2;

/// A named formula.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// Such as `execution_rate_of_budget`.
    pub code: String,
    /// 指标名称, such as 预算执行率.
    pub title: String,
    /// Codes of the catalog indicators it computes.
    #[serde(default)]
    pub indicators: Vec<String>,
    pub quantities: Vec<Quantity>,
    /// Over the quantities' names: `executed / budget * 100`.
    pub expression: String,
    /// Of the result, such as %.
    pub unit: String,
    pub zero_divisor: ZeroDivisor,
    /// Document number, or `local` with a note.
    pub document: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What goes into a formula.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    pub name: String,
    /// 数量名称, such as 全年预算数.
    pub title: String,
    /// Such as 元; quantities of one unit may be compared.
    pub unit: String,
    /// May be below zero.
    #[serde(default)]
    pub signed: bool,
}

/// What the value is where the divisor is zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum ZeroDivisor {
    /// Undefined, with the words for officials.
    Refuse { message: String },
    /// This value, with the reason.
    Value { value: Decimal, reason: String },
}

/// A computed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// Rounded half up to two decimals.
    pub value: Decimal,
    pub unit: String,
    pub explanation: Explanation,
}

impl Formula {
    /// Every fault at once; a formula without any computes or refuses by name.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut fault = |path: String, code: &str, message: String| {
            findings.push(Finding::new(code, Severity::Error, path, message));
        };
        let mut names = HashSet::new();
        for (index, quantity) in self.quantities.iter().enumerate() {
            let is_name = quantity.name.starts_with(|letter: char| letter.is_ascii_lowercase())
                && quantity.name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
            if !is_name || !names.insert(quantity.name.as_str()) {
                let message = "数量名须以小写字母开头、只含字母数字下划线，且不重复".to_owned();
                fault(format!("quantities[{index}].name"), "formula.quantity", message);
            }
        }
        match Expression::parse(&self.expression) {
            Err(message) => fault("expression".into(), "formula.expression", message),
            Ok(expression) => {
                let mut used = Vec::new();
                expression.names(&mut used);
                for name in used.iter().filter(|name| !names.contains(*name)) {
                    fault("expression".into(), "formula.unknown", format!("没有名为 {name} 的数量"));
                }
                for name in names.iter().filter(|name| !used.contains(*name)) {
                    fault("quantities".into(), "formula.unused", format!("公式没有用到数量 {name}"));
                }
            }
        }
        if self.document.trim().is_empty() {
            fault("document".into(), "formula.document", "须写明文号，或写 local".into());
        }
        findings
    }

    /// The formula in words: 全年执行数 ÷ 全年预算数 × 100.
    pub fn in_words(&self) -> String {
        Expression::parse(&self.expression)
            .map(|expression| expression.written(&|name| self.title_of(name).to_owned()))
            .unwrap_or_default()
    }

    /// Refuses by name what is missing, unknown, negative or undefined; all at once.
    pub fn compute(&self, quantities: &BTreeMap<String, Decimal>) -> Result<Computed, Vec<Refusal>> {
        let refused = self.refused(quantities);
        if !refused.is_empty() {
            return Err(refused);
        }
        self.computed(quantities).map_err(|refusal| vec![refusal])
    }

    fn refused(&self, quantities: &BTreeMap<String, Decimal>) -> Vec<Refusal> {
        let mut refused = Vec::new();
        for quantity in &self.quantities {
            match quantities.get(&quantity.name) {
                None => {
                    let message = format!("没有填写{}：未填报不等于零", quantity.title);
                    refused.push(Refusal::new("formula.missing", &quantity.name, message));
                }
                Some(value) if *value < Decimal::ZERO && !quantity.signed => {
                    let message = format!("{}不得为负数", quantity.title);
                    refused.push(Refusal::new("formula.negative", &quantity.name, message));
                }
                Some(_) => {}
            }
        }
        for name in quantities.keys() {
            if !self.quantities.iter().any(|quantity| quantity.name == *name) {
                let message = format!("“{}”的公式没有这个数量", self.title);
                refused.push(Refusal::new("formula.unknown", name, message));
            }
        }
        refused
    }

    fn computed(&self, quantities: &BTreeMap<String, Decimal>) -> Result<Computed, Refusal> {
        let expression = Expression::parse(&self.expression)
            .map_err(|message| Refusal::new("formula.expression", &self.code, message))?;
        let quantity = |name: &str| quantities.get(name).copied().unwrap_or_default();
        let words = self.in_words();
        let numbers = expression.written(&|name| plain(quantity(name)));
        let exact = Exact(&self.code);
        let mut explanation = self.explanation(quantities);
        let value = match (expression.value(&quantity, exact)?, &self.zero_divisor) {
            (Some(fraction), _) => {
                let value = exact.ratio(fraction.upper, Decimal::ONE, fraction.lower)?;
                explanation = explanation.step(words, format!("{numbers} = {}{}", plain(value), self.unit));
                exact::round(value, PLACES, RoundingMode::HalfUp)
            }
            (None, ZeroDivisor::Value { value, reason }) => {
                explanation =
                    explanation.step(words, numbers).step(format!("除数为零：{reason}"), plain(*value));
                *value
            }
            (None, ZeroDivisor::Refuse { message }) => {
                return Err(Refusal::new("formula.zero_divisor", &self.code, message));
            }
        };
        let how = format!("保留 {PLACES} 位小数，{}", RoundingMode::HalfUp.chinese());
        let explanation = explanation.rounded(how).result(format!("{value}{}", self.unit));
        Ok(Computed { value, unit: self.unit.clone(), explanation })
    }

    fn explanation(&self, quantities: &BTreeMap<String, Decimal>) -> Explanation {
        let empty = Explanation {
            rule: self.code.clone(),
            pack: "formulas".into(),
            revision: 1,
            document: self.document.clone(),
            confidence: self.confidence,
            inputs: Vec::new(),
            steps: Vec::new(),
            rounding: None,
            result: String::new(),
        };
        self.quantities.iter().fold(empty, |explanation, quantity| {
            let value = quantities.get(&quantity.name).copied().unwrap_or_default();
            explanation.input(&quantity.title, format!("{}{}", plain(value), quantity.unit))
        })
    }

    fn title_of<'a>(&'a self, name: &'a str) -> &'a str {
        self.quantities.iter().find(|quantity| quantity.name == name).map_or(name, |quantity| &quantity.title)
    }
}

#[cfg(test)]
mod tests;

//! Why a result is what it is: rule, document, inputs, arithmetic, rounding. Data first, Chinese text on demand.

use serde::{Deserialize, Serialize};

use crate::pack::Cited;
use crate::word::Confidence;

/// A named number or text that went in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    pub value: String,
}

/// One step of the reasoning; `arithmetic` such as `10 × 95% ÷ 100% = 9.50`, empty where nothing was computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arithmetic: String,
}

/// The explanation every score, light, grade and proposal carries (计分说明).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Rule id inside the pack.
    pub rule: String,
    /// Code of the pack the rule came from.
    pub pack: String,
    pub revision: u32,
    /// Document number the rule cites (文号).
    pub document: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    pub inputs: Vec<Input>,
    pub steps: Vec<Step>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<String>,
    pub result: String,
}

impl Explanation {
    pub fn of<T>(rule: &Cited<T>) -> Self {
        let origin = rule.origin.clone().unwrap_or_default();
        Self {
            rule: rule.id.clone(),
            pack: origin.pack,
            revision: origin.revision,
            document: rule.document.clone(),
            confidence: rule.confidence,
            inputs: Vec::new(),
            steps: Vec::new(),
            rounding: None,
            result: String::new(),
        }
    }

    pub fn input(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.inputs.push(Input { name: name.into(), value: value.to_string() });
        self
    }

    pub fn step(mut self, text: impl Into<String>, arithmetic: impl Into<String>) -> Self {
        self.steps.push(Step { text: text.into(), arithmetic: arithmetic.into() });
        self
    }

    pub fn rounded(mut self, how: impl Into<String>) -> Self {
        self.rounding = Some(how.into());
        self
    }

    pub fn result(mut self, result: impl ToString) -> Self {
        self.result = result.to_string();
        self
    }

    /// The explanation as an official reads it.
    pub fn to_chinese(&self) -> String {
        let mut text = format!(
            "依据{}（规则 {}，规则包 {} 第 {} 版）",
            self.document, self.rule, self.pack, self.revision
        );
        if !self.inputs.is_empty() {
            let inputs: Vec<_> =
                self.inputs.iter().map(|input| format!("{} {}", input.name, input.value)).collect();
            text.push('：');
            text.push_str(&inputs.join("，"));
        }
        text.push('。');
        for step in &self.steps {
            text.push_str(&step.text);
            if !step.arithmetic.is_empty() {
                text.push('：');
                text.push_str(&step.arithmetic);
            }
            text.push('。');
        }
        if let Some(rounding) = &self.rounding {
            text.push_str(rounding);
            text.push('。');
        }
        text.push_str("结果：");
        text.push_str(&self.result);
        text.push('。');
        text
    }
}

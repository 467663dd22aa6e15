//! A layer's own files beside the library: what they say otherwise.

use std::collections::BTreeMap;

use hengji_kernel::{Date, FiscalYear};
use hengji_rules::{Confidence, Direction, Nature, ObjectType};
use serde::{Deserialize, Serialize};

use super::{Code, CodeList, Indicator};

/// One row of an indicator file (docs/library-files.md), as the shipped ones under data/indicators are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndicatorRow {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) level1: String,
    #[serde(default)]
    pub(crate) level2: String,
    pub(crate) object_type: ObjectType,
    #[serde(default)]
    pub(crate) common: bool,
    #[serde(default)]
    pub(crate) industry: String,
    #[serde(default)]
    pub(crate) functional_account: String,
    #[serde(default)]
    pub(crate) definition: String,
    #[serde(default)]
    pub(crate) formula: String,
    pub(crate) direction: Option<Direction>,
    pub(crate) nature: Nature,
    #[serde(default)]
    pub(crate) unit: String,
    pub(crate) document: String,
    #[serde(default)]
    pub(crate) note: String,
    pub(crate) confidence: Option<Confidence>,
    /// Code of an upper layer's indicator.
    #[serde(default)]
    pub(crate) refines: String,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_to: Option<Date>,
}

/// A code list file (docs/library-files.md), as the shipped ones under data/code-lists are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeListFile {
    pub(crate) code: String,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) extends: String,
    pub(crate) year_from: FiscalYear,
    pub(crate) year_to: Option<FiscalYear>,
    pub(crate) document: String,
    #[serde(default)]
    pub(crate) note: String,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) codes: Vec<Code>,
}

/// A field that differs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// What a file says otherwise than the library, field by field.
pub(crate) trait Compared {
    fn fields(&self) -> Vec<(String, String)>;
}

/// The fields that differ, in the order of their names where only one of the two has them.
pub(crate) fn changes<T: Compared>(before: &T, after: &T) -> Vec<Change> {
    let (before, after) = (before.fields(), after.fields());
    let mut old: BTreeMap<&str, &str> =
        before.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
    let mut found = Vec::new();
    for (field, text) in &after {
        let was = old.remove(field.as_str()).unwrap_or_default();
        if was != text {
            found.push(Change { field: field.clone(), before: was.to_owned(), after: text.clone() });
        }
    }
    let gone = old.into_iter().filter(|(_, was)| !was.is_empty());
    found.extend(gone.map(|(field, was)| Change {
        field: field.to_owned(),
        before: was.to_owned(),
        after: String::new(),
    }));
    found
}

impl Compared for Indicator {
    fn fields(&self) -> Vec<(String, String)> {
        named([
            ("title", self.title.clone()),
            ("level1", self.level1.clone()),
            ("level2", self.level2.clone()),
            ("common", self.common.to_string()),
            ("object_type", word(&self.object_type)),
            ("industry", self.industry.clone()),
            ("functional_account", self.functional_account.clone()),
            ("direction", word(&self.direction)),
            ("nature", word(&self.nature)),
            ("unit", self.unit.clone()),
            ("definition", self.definition.clone()),
            ("formula", self.formula.clone()),
            ("document", self.document.clone()),
            ("note", self.note.clone()),
            ("confidence", word(&self.confidence)),
            ("refines", self.refines.clone()),
            ("valid_from", told(self.valid_from)),
            ("valid_to", told(self.valid_to)),
        ])
    }
}

impl Compared for CodeList {
    fn fields(&self) -> Vec<(String, String)> {
        let mut fields = named([
            ("title", self.title.clone()),
            ("extends", self.extends.clone()),
            ("year_from", self.year_from.number().to_string()),
            ("year_to", told(self.year_to.map(FiscalYear::number))),
            ("document", self.document.clone()),
            ("note", self.note.clone()),
            ("confidence", word(&self.confidence)),
        ]);
        let mut codes: Vec<_> =
            self.codes.iter().map(|code| (format!("codes[{}]", code.code), code.told())).collect();
        codes.sort_unstable();
        fields.extend(codes);
        fields
    }
}

impl Code {
    /// In one line, e.g. `扶贫（上级 213；2022 年起改名）`.
    fn told(&self) -> String {
        let parts = [
            (!self.parent.is_empty()).then(|| format!("上级 {}", self.parent)),
            (!self.note.is_empty()).then(|| self.note.clone()),
            self.confidence.map(|confidence| word(&confidence)),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            self.title.clone()
        } else {
            format!("{}（{}）", self.title, parts.join("；"))
        }
    }
}

fn named<const N: usize>(fields: [(&str, String); N]) -> Vec<(String, String)> {
    fields.into_iter().map(|(field, text)| (field.to_owned(), text)).collect()
}

/// As the file spells it; empty for none.
fn word<T: Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn told<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

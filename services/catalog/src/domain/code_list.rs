//! Code lists, and how those of several layers make one.

use std::collections::{BTreeMap, BTreeSet};

use hengji_kernel::{FiscalYear, RegionCode};
use hengji_rules::Confidence;
use serde::{Deserialize, Serialize};

use super::{LibraryState, Living, Yearly, living};
use crate::error::Refusal;

/// A code list of one layer (代码表).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CodeList {
    pub(crate) code: String,
    pub(crate) title: String,
    /// Region that owns it.
    pub(crate) layer: RegionCode,
    /// Code of the upper layer's list that this one adds to; empty if none.
    pub(crate) extends: String,
    pub(crate) year_from: FiscalYear,
    /// Open if none.
    pub(crate) year_to: Option<FiscalYear>,
    pub(crate) document: String,
    pub(crate) note: String,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) codes: Vec<Code>,
    pub(crate) state: LibraryState,
    pub(crate) revision: u32,
    pub(crate) successor: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<Box<Self>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) history: Vec<Self>,
}

/// One code of a list, as its file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) parent: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<Confidence>,
}

living!(CodeList, "代码表", "codeLists", "code_list");

impl Yearly for CodeList {
    fn years(&self) -> (FiscalYear, Option<FiscalYear>) {
        (self.year_from, self.year_to)
    }
}

/// A code in force, where it comes from, and which lower lists have it too.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Effective<'a> {
    pub(crate) code: &'a Code,
    pub(crate) list: &'a CodeList,
    pub(crate) outranked: Vec<String>,
}

/// Refuses an addition to what is not there, not in force or not above; one that would replace a code of it; and one whose
/// parent stands in neither.
pub(crate) fn check_extension(list: &CodeList, upper: Option<&CodeList>) -> Result<(), Refusal> {
    let refuse = |why: String| {
        let upper = format!("codeLists/{}", list.extends);
        Err(Refusal::NotExtendable { name: list.resource_name(), upper, why })
    };
    let Some(upper) = upper else { return refuse("不存在".into()) };
    if upper.state != LibraryState::Active {
        return refuse("不在启用状态".into());
    }
    if upper.layer == list.layer || !upper.layer.contains(&list.layer) {
        return refuse("不属于上级".into());
    }
    if !upper.extends.is_empty() {
        return refuse("本身是补充，须补充它所补充的代码表".into());
    }
    let known: BTreeSet<&str> = upper.codes.iter().map(|code| code.code.as_str()).collect();
    if let Some(taken) = list.codes.iter().find(|code| known.contains(code.code.as_str())) {
        return refuse(format!("已有代码 {}，下级只能增加、不能替换", taken.code));
    }
    let own: BTreeSet<&str> = list.codes.iter().map(|code| code.code.as_str()).collect();
    let has = |parent: &str| parent.is_empty() || own.contains(parent) || known.contains(parent);
    match list.codes.iter().find(|code| !has(&code.parent)) {
        Some(orphan) => refuse(format!("没有代码 {} 的上级代码 {}", orphan.code, orphan.parent)),
        None => Ok(()),
    }
}

/// The lists' codes in code order; `lists` from the uppermost layer down. Where two have a code, the upper one stands.
pub(crate) fn effective<'a>(lists: &[&'a CodeList]) -> Vec<Effective<'a>> {
    let mut codes: BTreeMap<&str, Effective<'a>> = BTreeMap::new();
    for list in lists {
        for code in &list.codes {
            codes
                .entry(&code.code)
                .and_modify(|upper| upper.outranked.push(list.resource_name()))
                .or_insert(Effective { code, list, outranked: Vec::new() });
        }
    }
    codes.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(code: &str, layer: &str, extends: &str, codes: &[(&str, &str)]) -> CodeList {
        let one = |(code, parent): &(&str, &str)| Code {
            code: (*code).into(),
            title: format!("{code} 名称"),
            parent: (*parent).into(),
            note: String::new(),
            confidence: None,
        };
        CodeList {
            code: code.into(),
            title: code.into(),
            layer: layer.parse().unwrap(),
            extends: extends.into(),
            year_from: 2021.try_into().unwrap(),
            year_to: None,
            document: "local".into(),
            note: String::new(),
            confidence: None,
            codes: codes.iter().map(one).collect(),
            state: LibraryState::Active,
            revision: 1,
            successor: String::new(),
            pending: None,
            history: Vec::new(),
        }
    }

    #[test]
    fn a_lower_layer_adds_codes_and_replaces_none() {
        let nation = list("funds", "000000000", "", &[("1", ""), ("2", "")]);
        let county = list("county-funds", "640323000", "funds", &[("11", "1")]);
        assert_eq!(check_extension(&county, Some(&nation)), Ok(()));
        let why = |list: &CodeList, upper| check_extension(list, upper).unwrap_err().to_string();
        let replacing = list("county-funds", "640323000", "funds", &[("2", "")]);
        assert!(why(&replacing, Some(&nation)).contains("已有代码 2"));
        let orphan = list("county-funds", "640323000", "funds", &[("31", "3")]);
        assert!(why(&orphan, Some(&nation)).contains("31 的上级代码 3"));
        assert!(why(&county, None).contains("不存在"));
        let retired = CodeList { state: LibraryState::Retired, ..nation.clone() };
        assert!(why(&county, Some(&retired)).contains("启用"));
        let neighbour = list("funds", "640324000", "", &[("1", "")]);
        assert!(why(&county, Some(&neighbour)).contains("不属于上级"));
        let province = list("province-funds", "640000000", "funds", &[("3", "")]);
        assert!(why(&county, Some(&province)).contains("本身是补充"));
    }

    #[test]
    fn where_two_layers_have_a_code_the_upper_one_stands_and_the_lower_one_is_told() {
        let nation = list("funds", "000000000", "", &[("2", ""), ("1", "")]);
        let county = list("county-funds", "640323000", "funds", &[("2", ""), ("11", "1")]);
        let found: Vec<_> = effective(&[&nation, &county])
            .into_iter()
            .map(|one| (one.code.code.clone(), one.list.code.clone(), one.outranked))
            .collect();
        assert_eq!(
            found,
            [
                ("1".into(), "funds".into(), vec![]),
                ("11".into(), "county-funds".into(), vec![]),
                ("2".into(), "funds".into(), vec!["codeLists/county-funds".into()]),
            ] as [(String, String, Vec<String>); 3]
        );
    }

    #[test]
    fn each_budget_year_has_the_revision_that_was_in_force_for_it() {
        let year = |number: i32| -> FiscalYear { number.try_into().unwrap() };
        let mut kept = list("accounts", "000000000", "", &[("21305", "")]);
        let mut next = CodeList { year_from: year(2022), year_to: Some(year(2024)), ..kept.clone() };
        next.state = LibraryState::Draft;
        next.codes[0].title = "改名".into();
        kept.revise(next).unwrap();
        assert_eq!(kept.in_year(year(2023)).unwrap().revision, 1, "a draft is not in force");
        kept.submit().unwrap();
        kept.activate().unwrap();
        let found = |number| kept.in_year(year(number)).map(|one| one.revision);
        assert_eq!([2020, 2021, 2022, 2024, 2025].map(found), [None, Some(1), Some(2), Some(2), None]);
        kept.retire("others".into()).unwrap();
        assert_eq!(
            kept.in_year(year(2022)).unwrap().revision,
            2,
            "retired, and still readable for its years"
        );
    }
}

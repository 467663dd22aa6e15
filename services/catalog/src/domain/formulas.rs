//! The shipped formulas.

use std::sync::LazyLock;

use hengji_rules::formula::Formula;

/// In the order of their code.
pub(crate) fn formulas() -> &'static [Formula] {
    &FORMULAS
}

static FORMULAS: LazyLock<Vec<Formula>> = LazyLock::new(|| {
    let text = include_str!("../../../../data/formulas/common.json");
    // an unreadable file is found by the tests of this crate, not by a caller
    let mut formulas: Vec<Formula> = serde_json::from_str(text).unwrap_or_default();
    formulas.sort_by(|one, other| one.code.cmp(&other.code));
    formulas
});

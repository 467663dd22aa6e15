//! Functional accounts (支出功能分类科目): does the year's list know a code?

use std::collections::BTreeSet;

/// The codes of one budget year as a region has them: 类 3, 款 5, 项 7 digits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts(BTreeSet<String>);

impl FromIterator<String> for Accounts {
    fn from_iter<T: IntoIterator<Item = String>>(codes: T) -> Self {
        Self(codes.into_iter().collect())
    }
}

impl Accounts {
    /// What is wrong with a 项 code. Lists are shipped by 类 and completed downwards by each place, so a code is judged as deep
    /// as the list goes: its 类 must be listed, and it itself where the list holds 项 of its 款. No list, no judgement.
    pub(crate) fn fault(&self, code: &str) -> Option<String> {
        if self.0.is_empty() || self.0.contains(code) {
            return None;
        }
        let (class, section) = (code.get(..3)?, code.get(..5)?);
        let unknown = !self.0.contains(class) || self.lists_items_of(section);
        unknown.then(|| format!("支出功能分类 {code} 不在当年科目表内"))
    }

    fn lists_items_of(&self, section: &str) -> bool {
        let from_section = self.0.range(section.to_owned()..);
        from_section.take_while(|code| code.starts_with(section)).any(|code| code.len() > section.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_judged_as_deep_as_the_list_goes() {
        let accounts: Accounts = ["205", "213", "21305", "214", "21401", "2140104", "2140106"]
            .map(str::to_owned)
            .into_iter()
            .collect();
        for (code, known) in [
            ("2140106", true),
            ("2140199", false), // the list holds 项 of 21401, not this one
            ("2140201", true),  // of 21402 it holds none
            ("2130501", true),
            ("2050202", true),
            ("2990101", false), // no such 类
        ] {
            assert_eq!(accounts.fault(code).is_none(), known, "{code}");
            assert!(Accounts::default().fault(code).is_none(), "no list, no judgement");
        }
    }
}

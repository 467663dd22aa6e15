//! Everything wrong with a rule pack, at once, before it may be activated (启用前检查).

mod bands;
mod decisions;
mod monitoring;
mod process;
mod scoring;

use rust_decimal::Decimal;

use crate::exact::HUNDRED;
use crate::outcome::{Finding, Severity};
use crate::pack::{Cited, RulePack, Walk};

/// All findings of a pack; an empty list means it may be activated.
pub fn check(pack: &RulePack) -> Vec<Finding> {
    let mut checker = Checker::default();
    checker.head(pack);
    pack.sections.walk(&mut checker);
    scoring::check(&mut checker, &pack.sections);
    decisions::check(&mut checker, &pack.sections);
    monitoring::check(&mut checker, &pack.sections);
    process::check(&mut checker, &pack.sections);
    checker.findings
}

#[derive(Default)]
struct Checker {
    findings: Vec<Finding>,
}

impl Checker {
    fn fault(&mut self, path: impl Into<String>, code: &str, message: impl Into<String>) {
        self.findings.push(Finding::new(code, Severity::Error, path, message));
    }

    fn percent(&mut self, path: &str, value: Decimal) {
        if value < Decimal::ZERO || value > HUNDRED {
            self.fault(path, "percent.range", format!("{value} 须在 0 至 100 之间"));
        }
    }

    fn points(&mut self, path: &str, value: Decimal) {
        if value <= Decimal::ZERO || value > Decimal::ONE_THOUSAND {
            self.fault(path, "points.range", format!("分值 {value} 须大于 0 且不超过 1000"));
        }
    }

    fn head(&mut self, pack: &RulePack) {
        if pack.code.trim().is_empty() {
            self.fault("code", "pack.code", "规则包须有代码");
        }
        if pack.title.trim().is_empty() {
            self.fault("title", "pack.title", "规则包须有名称");
        }
        if pack.valid_to.is_some_and(|to| to < pack.valid_from) {
            self.fault("valid_to", "pack.validity", "失效日期早于生效日期");
        }
    }

    fn citation<T>(&mut self, path: &str, rule: &Cited<T>) {
        if rule.id.trim().is_empty() {
            self.fault(format!("{path}.id"), "rule.id", "规则须有编号");
        }
        if rule.document.trim().is_empty() {
            self.fault(format!("{path}.document"), "rule.document", "规则须注明依据文号");
        }
        let noted = rule.note.as_ref().is_some_and(|note| !note.trim().is_empty());
        if rule.document == "local" && !noted {
            self.fault(format!("{path}.note"), "rule.note", "地方规则（local）须在备注中说明来源");
        }
        if rule.origin.is_some() {
            self.fault(format!("{path}.origin"), "rule.origin", "来源由系统填写，规则包文件中不得出现");
        }
    }
}

/// Whether a condition that lists `first` (empty: anything) holds wherever one that lists `second` does.
fn any_or_all<T: PartialEq>(first: &[T], second: &[T]) -> bool {
    first.is_empty() || (!second.is_empty() && second.iter().all(|one| first.contains(one)))
}

impl Walk for Checker {
    fn one<T>(&mut self, section: &'static str, rule: Option<&Cited<T>>) {
        if let Some(rule) = rule {
            self.citation(&format!("sections.{section}"), rule);
        }
    }

    fn many<T>(&mut self, section: &'static str, rules: &[Cited<T>]) {
        for (index, rule) in rules.iter().enumerate() {
            let path = format!("sections.{section}[{index}]");
            self.citation(&path, rule);
            if rules[..index].iter().any(|other| other.id == rule.id) {
                self.fault(format!("{path}.id"), "rule.duplicate", format!("规则编号“{}”重复", rule.id));
            }
        }
    }
}

#[cfg(test)]
mod tests;

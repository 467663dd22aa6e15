//! Every published table is scored again: each printed figure is reproduced by a shipped pack or explained by a recorded
//! deviation, and no recorded deviation in fact reproduces.

mod data;

use hengji_rules::PublishedCase;
use hengji_rules::case::Verdict;

fn cases() -> Vec<PublishedCase> {
    data::documents("cases")
        .iter()
        .map(|(name, text)| PublishedCase::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}")))
        .collect()
}

#[test]
fn every_printed_figure_is_reproduced_or_explained() {
    let packs = data::packs();
    let mut faults = Vec::new();
    for case in cases() {
        let outcome = case.compare(&packs).unwrap_or_else(|refusal| panic!("{}: {refusal}", case.id));
        let count = |verdict| outcome.items.iter().filter(|item| item.verdict == verdict).count();
        println!(
            "{}: reproduced {} weak {} in_reach {} explained {} total {:?}",
            outcome.id,
            outcome.reproduced(),
            outcome.weak(),
            count(Verdict::InReach),
            outcome.deviations().len(),
            outcome.total,
        );
        for item in outcome.unexplained() {
            faults.push(format!(
                "{} {} {}: printed {} computed {:?} ({} {})",
                outcome.id, item.row, item.name, item.printed, item.computed, item.rule, item.reason
            ));
        }
        faults.extend(outcome.faults.iter().map(|fault| format!("{}: {fault}", outcome.id)));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn at_least_ten_tables_are_filed_and_every_complete_one_is_added_up() {
    let packs = data::packs();
    let cases = cases();
    assert!(cases.len() >= 10, "{} tables", cases.len());
    for case in cases.iter().filter(|case| case.complete && case.rows.iter().all(|row| row.weight.is_some()))
    {
        let outcome = case.compare(&packs).expect("known packs");
        assert!(outcome.items.iter().any(|item| item.row == "total"), "{} has no total", case.id);
    }
}

#[test]
fn a_changed_printed_score_is_found() {
    let packs = data::packs();
    let mut case = cases().into_iter().find(|case| case.id.contains("zhongjiang")).expect("filed");
    case.rows[0].score = Some("9".parse().expect("number"));
    assert!(!case.compare(&packs).expect("known packs").is_sound());
}

#[test]
fn a_deviation_that_reproduces_is_found() {
    let packs = data::packs();
    let mut case = cases().into_iter().find(|case| case.id.contains("yongde")).expect("filed");
    case.deviations[0].row = "1".into();
    assert!(!case.compare(&packs).expect("known packs").is_sound());
}

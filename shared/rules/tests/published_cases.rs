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
fn the_twelve_complete_tables_are_filed_and_each_has_a_figure_that_is_checked() {
    let packs = data::packs();
    let complete: Vec<_> = cases().into_iter().filter(|case| case.complete).collect();
    assert!(complete.len() >= 12, "{} complete tables", complete.len());
    for case in complete {
        let outcome = case.compare(&packs).expect("known packs");
        let scored = !case.rows.is_empty() && case.rows.iter().all(|row| row.weight.is_some());
        let checked = |row: &str| outcome.items.iter().any(|item| item.row.starts_with(row));
        let closed = if scored { checked("total") } else { checked("list.") || checked("rate") };
        assert!(closed, "{} is not added up", case.id);
    }
}

#[test]
fn a_list_that_does_not_add_up_is_found() {
    let packs = data::packs();
    let of = |part: &str| cases().into_iter().find(|case| case.id.contains(part)).expect("filed");
    let mut sums = of("keqiao");
    assert!(sums.compare(&packs).expect("known packs").is_sound());
    sums.list.as_mut().expect("a list").items[0].amount = Some("0.3".parse().expect("number"));
    assert!(!sums.compare(&packs).expect("known packs").is_sound());
    let mut counts = of("jingmen");
    counts.list.as_mut().expect("a list").grades.insert("中".into(), 1);
    assert!(!counts.compare(&packs).expect("known packs").is_sound());
    let mut graded = of("quzhou");
    graded.list.as_mut().expect("a list").grades.insert("良".into(), 6);
    assert!(!graded.compare(&packs).expect("known packs").is_sound());
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

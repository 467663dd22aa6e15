//! Texts no one has thought of: real values and real packs, cut, doubled, mixed and misspelt. `scripts/fuzz` gives each
//! target half a minute; otherwise a short look is taken.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "how long to try is no setting of the suite")]

mod data;

use std::time::{Duration, Instant};

use hengji_rules::value::{self, Reading};
use hengji_rules::{
    EffectivePack, ObjectType, PublishedCase, RulePack, ScoreIndicator, ScoreTable, check, score,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

/// Inputs between two looks at the clock.
const BATCH: u32 = 256;
/// What real texts are made of, and what breaks readers.
const PIECES: &[&str] = &[
    "≥",
    "≤",
    "＝",
    "=",
    "<",
    "＞",
    "~",
    "-",
    "—",
    "至",
    "%",
    "％",
    "‰",
    ".",
    "。",
    ",",
    "，",
    "、",
    "0",
    "1",
    "9",
    "00",
    "e9",
    "1000000000000000000",
    "0.0000000000000000000000000001",
    "79228162514264337593543950335",
    "年",
    "月",
    "日",
    "底前",
    "前",
    "上半年",
    "2021",
    "13",
    "32",
    "万元",
    "元",
    "人次",
    "好",
    "较好",
    "一般",
    "差",
    "不低于",
    "不超过",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "\u{3000}",
    "\n",
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "true",
    "-1",
    "\"100\"",
    "\"from\"",
    "\"to\"",
    "龘",
    "𠮷",
    "é",
    "e\u{301}",
    "👨‍👩‍👧",
];

#[derive(Debug, Clone)]
enum Change {
    Cut(Index, Index),
    Put(Index, &'static str),
    Swap(Index, &'static str),
    Double(Index, Index),
    Splice(Index, Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let (at, piece) = (any::<Index>, || select(PIECES));
    prop_oneof![
        (at(), at()).prop_map(|(from, to)| Change::Cut(from, to)),
        (at(), piece()).prop_map(|(at, piece)| Change::Put(at, piece)),
        (at(), piece()).prop_map(|(at, piece)| Change::Swap(at, piece)),
        (at(), at()).prop_map(|(from, to)| Change::Double(from, to)),
        (at(), at(), at()).prop_map(|(at, from, to)| Change::Splice(at, from, to)),
    ]
}

fn changed(seed: &str, other: &str, changes: &[Change]) -> String {
    let mut text: Vec<char> = seed.chars().collect();
    let other: Vec<char> = other.chars().collect();
    for change in changes {
        let length = text.len() + 1;
        let span = |from: &Index, to: &Index, length: usize| {
            let (from, to) = (from.index(length), to.index(length));
            from.min(to)..from.max(to).min(from.min(to) + 40)
        };
        match change {
            Change::Cut(from, to) => drop(text.drain(span(from, to, length))),
            Change::Put(at, piece) => {
                let at = at.index(length);
                text.splice(at..at, piece.chars());
            }
            Change::Swap(at, piece) => {
                let at = at.index(length);
                let end = (at + piece.chars().count()).min(text.len());
                text.splice(at..end, piece.chars());
            }
            Change::Double(from, to) => {
                let span = span(from, to, length);
                let copy = text[span.clone()].to_vec();
                text.splice(span.end..span.end, copy);
            }
            Change::Splice(at, from, to) => {
                let at = at.index(length);
                let piece = &other[span(from, to, other.len() + 1)];
                text.splice(at..at, piece.iter().copied());
            }
        }
    }
    text.into_iter().collect()
}

fn texts(seeds: Vec<String>) -> impl Strategy<Value = String> {
    let seeds = select(seeds);
    (seeds.clone(), seeds, prop::collection::vec(change(), 0..8))
        .prop_map(|(seed, other, changes)| changed(&seed, &other, &changes))
}

/// Tries inputs until the time is over. What breaks the target is made small and printed.
fn try_all<S: Strategy<Value = String>>(inputs: S, target: impl Fn(String) -> Result<(), TestCaseError>) {
    let seconds = std::env::var("HENGJI_FUZZ_SECONDS").map_or(1, |text| text.parse().unwrap());
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut tried = 0;
    while tried == 0 || Instant::now() < end {
        let config = Config { cases: BATCH, failure_persistence: None, ..Config::default() };
        if let Err(failure) = TestRunner::new(config).run(&inputs, &target) {
            panic!("after {tried} inputs: {failure}");
        }
        tried += BATCH;
    }
    println!("{tried} inputs in {seconds} s");
}

/// Every target and actual value that a published table prints.
fn printed() -> Vec<String> {
    let cases = data::documents("cases").into_iter().map(|(name, text)| {
        serde_json::from_str::<PublishedCase>(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    });
    let mut texts: Vec<String> =
        cases.flat_map(|case| case.rows).flat_map(|row| [row.target, row.actual]).collect();
    texts.extend(
        ["2021年12月底前", "80%-90%", "12,500.50元", "＝12次", "≦5", "44561", "上半年", "好"]
            .map(String::from),
    );
    texts.sort();
    texts.dedup();
    assert!(texts.len() > 100, "seeds: {}", texts.len());
    texts
}

#[test]
fn any_text_is_read_or_refused() {
    try_all(texts(printed()), |text| {
        let year = "2021".parse().unwrap();
        for read in [value::read(&text), value::read_in_year(&text, year)] {
            match read {
                Ok(Reading::Period { from, to }) => prop_assert!(from <= to, "{text:?}"),
                Ok(_) => {}
                Err(refusal) => {
                    prop_assert!(!refusal.message.is_empty() && refusal.rule.contains('.'), "{refusal:?}");
                }
            }
        }
        Ok(())
    });
}

fn sample() -> ScoreTable {
    let leaf = |target: &str, actual: &str| ScoreIndicator {
        code: target.into(),
        level1: "产出指标".into(),
        name: "完成率".into(),
        target_text: target.into(),
        actual_text: actual.into(),
        weight: 45.into(),
        ..ScoreIndicator::default()
    };
    ScoreTable { indicators: vec![leaf("≥90%", "81%"), leaf("≤12次", "15次")], ..ScoreTable::default() }
}

#[test]
fn any_pack_is_refused_or_checked_and_a_clean_one_scores() {
    let packs = data::packs().iter().map(|pack| serde_json::to_string(pack).unwrap()).collect();
    try_all(texts(packs), |text| {
        let Ok(pack) = RulePack::from_json(&text) else { return Ok(()) };
        let findings = check(&pack);
        prop_assert!(findings.iter().all(|finding| !finding.path.is_empty() && !finding.message.is_empty()));
        if findings.is_empty() {
            let again = RulePack::from_json(&serde_json::to_string(&pack).unwrap()).unwrap();
            prop_assert_eq!(&again, &pack);
            let region = "640323000".parse().unwrap();
            let date = "2021-12-31".parse().unwrap();
            let pack = EffectivePack::resolve(&[pack], &region, date, ObjectType::Project);
            if let Ok(card) = score(&sample(), &pack) {
                prop_assert!(card.total <= card.full);
            }
        }
        Ok(())
    });
}

//! Scores a million projects of ten indicators in memory, four ways in one run: the rules written out by hand in whole
//! numbers (the limit), the rules of a pack as dated data, and the rules by hand in decimals. All must come to the same
//! sum and the same grades. `scripts/benchmark-scoring` runs it in rounds beside DuckDB.
//!
//!     cargo bench -p hengji-rules --bench region -- [--projects N] [--rounds N] [--write FOLDER]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark fails by panicking")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use hengji_rules::pack::OverAchievementRule;
use hengji_rules::score::bulk::{Execution, Leaf, Plan, RuleIndex};
use hengji_rules::{EffectivePack, ObjectType, Operator, RulePack, ScoringMethod};
use rust_decimal::{Decimal, RoundingStrategy};

const DEPARTMENTS: usize = 3000;
const INDICATORS: usize = 10;
const WEIGHTS: [u32; INDICATORS] = [1000, 1500, 1000, 1000, 500, 1000, 1000, 1000, 1000, 1000];
const OPERATORS: [Operator; 3] = [Operator::Ge, Operator::Le, Operator::Eq];

/// How an unmet indicator is scored.
const ALL_OR_NOTHING: u8 = 0;
const PROPORTIONAL: u8 = 1;
const PROPORTIONAL_FROM_60: u8 = 2;

#[derive(Clone, Copy)]
struct Row {
    target: i64,
    actual: i64,
    weight: u32,
    operator: u8,
    rule: u8,
}

#[derive(Clone, Copy)]
struct DecimalRow {
    target: Decimal,
    actual: Decimal,
    weight: Decimal,
    operator: u8,
    rule: u8,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Sums {
    projects: u64,
    score: i64,
    grades: [u64; 4],
}

impl Sums {
    fn add(&mut self, score: i64, grade: usize) {
        self.projects += 1;
        self.score += score;
        self.grades[grade] += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.projects += other.projects;
        self.score += other.score;
        for (mine, theirs) in self.grades.iter_mut().zip(other.grades) {
            *mine += theirs;
        }
    }
}

/// xorshift: the same rows in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

struct Data {
    departments: Vec<u16>,
    rows: Vec<Row>,
}

impl Data {
    /// Most indicators are met exactly or exceeded, a quarter fall short, one in twenty misses badly.
    fn made(projects: usize) -> Self {
        let mut dice = Dice(20_211_231);
        let mut departments = Vec::with_capacity(projects);
        let mut rows = Vec::with_capacity(projects * INDICATORS);
        for _ in 0..projects {
            departments.push(u16::try_from(dice.below(DEPARTMENTS as u64)).unwrap());
            for weight in WEIGHTS {
                let operator = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][dice.below(10) as usize];
                let rule = [0, 1, 1, 1, 1, 1, 2, 2, 3, 3][dice.below(10) as usize];
                let target = (1 + dice.below(1_000_000)) as i64 * 10_000;
                let hundredths = match dice.below(100) {
                    0..40 => 10_000,
                    40..70 => 10_001 + dice.below(3_000),
                    70..95 => 7_000 + dice.below(3_000),
                    _ => dice.below(7_000),
                } as i64;
                rows.push(Row { target, actual: target * hundredths / 10_000, weight, operator, rule });
            }
        }
        Self { departments, rows }
    }

    fn write(&self, folder: &Path) {
        let mut file = BufWriter::new(File::create(folder.join("projects.csv")).unwrap());
        writeln!(file, "project,department").unwrap();
        for (index, department) in self.departments.iter().enumerate() {
            writeln!(file, "{index},{department}").unwrap();
        }
        let mut file = BufWriter::new(File::create(folder.join("indicators.csv")).unwrap());
        writeln!(file, "project,operator,rule,weight,target,actual").unwrap();
        for (index, row) in self.rows.iter().enumerate() {
            let Row { target, actual, weight, operator, rule } = row;
            writeln!(file, "{},{operator},{rule},{weight},{target},{actual}", index / INDICATORS).unwrap();
        }
    }
}

#[inline]
fn by_hand(row: &Row) -> i64 {
    let (target, actual, weight) = (row.target, row.actual, i64::from(row.weight));
    let met = match row.operator {
        0 => actual >= target,
        1 => actual <= target,
        _ => actual == target,
    };
    if met {
        return weight;
    }
    let (upper, lower) = if actual < target { (actual, target) } else { (target, actual) };
    match row.rule {
        ALL_OR_NOTHING => 0,
        PROPORTIONAL => (2 * weight * upper + lower) / (2 * lower),
        PROPORTIONAL_FROM_60 if 10 * upper < 6 * lower => 0,
        PROPORTIONAL_FROM_60 => (2 * weight * upper + lower) / (2 * lower),
        _ => (weight - weight * 2 * ((actual - target).abs() * 100 / target) / 100).max(0),
    }
}

fn by_hand_in_decimals(row: &DecimalRow) -> Decimal {
    let DecimalRow { target, actual, weight, .. } = *row;
    let met = match row.operator {
        0 => actual >= target,
        1 => actual <= target,
        _ => actual == target,
    };
    if met {
        return weight;
    }
    let (upper, lower) = if actual < target { (actual, target) } else { (target, actual) };
    let share = || (weight * upper / lower).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    match row.rule {
        ALL_OR_NOTHING => Decimal::ZERO,
        PROPORTIONAL => share(),
        PROPORTIONAL_FROM_60 if upper * Decimal::TEN < lower * Decimal::from(6) => Decimal::ZERO,
        PROPORTIONAL_FROM_60 => share(),
        _ => {
            let steps = ((actual - target).abs() * Decimal::ONE_HUNDRED / target).trunc();
            (weight - weight * Decimal::TWO * steps / Decimal::ONE_HUNDRED).max(Decimal::ZERO)
        }
    }
}

const fn grade(score: i64) -> usize {
    match score {
        9000.. => 0,
        8000.. => 1,
        6000.. => 2,
        _ => 3,
    }
}

/// Scores every project and adds it to its department, as each engine here has to.
fn by_department(
    departments: &[u16],
    mut scored: impl FnMut(usize) -> (i64, usize),
    out: &mut [u16],
) -> Sums {
    let mut sums = vec![Sums::default(); DEPARTMENTS];
    for (index, (department, out)) in departments.iter().zip(out).enumerate() {
        let (score, grade) = scored(index);
        *out = u16::try_from(score).unwrap_or(u16::MAX);
        sums[usize::from(*department)].add(score, grade);
    }
    let mut all = Sums::default();
    for one in &sums {
        all.merge(one);
    }
    all
}

fn limit(departments: &[u16], rows: &[Row], out: &mut [u16]) -> Sums {
    let scored = |index: usize| {
        let rows = &rows[index * INDICATORS..(index + 1) * INDICATORS];
        let score = rows.iter().map(by_hand).sum();
        (score, grade(score))
    };
    by_department(departments, scored, out)
}

fn decimals(departments: &[u16], rows: &[DecimalRow], out: &mut [u16]) -> Sums {
    let edges = [90, 80, 60].map(Decimal::from);
    let scored = |index: usize| {
        let rows = &rows[index * INDICATORS..(index + 1) * INDICATORS];
        let score: Decimal = rows.iter().map(by_hand_in_decimals).sum();
        let grade = edges.iter().position(|edge| score >= *edge).unwrap_or(3);
        (i64::try_from((score * Decimal::ONE_HUNDRED).trunc().mantissa()).unwrap(), grade)
    };
    by_department(departments, scored, out)
}

fn ours(plan: &Plan<'_>, departments: &[u16], leaves: &[Leaf], out: &mut [u16]) -> Sums {
    let scored = |index: usize| {
        let leaves = &leaves[index * INDICATORS..(index + 1) * INDICATORS];
        let brief = plan.brief(leaves, Execution::None).expect("whole");
        (brief.total, brief.grade as usize)
    };
    by_department(departments, scored, out)
}

/// Halves on two threads.
fn halved<T: Sync>(
    departments: &[u16],
    rows: &[T],
    out: &mut [u16],
    run: impl Fn(&[u16], &[T], &mut [u16]) -> Sums + Sync,
) -> Sums {
    let half = departments.len() / 2;
    let (left, right) = out.split_at_mut(half);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run(&departments[..half], &rows[..half * INDICATORS], left));
        let mut sums = run(&departments[half..], &rows[half * INDICATORS..], right);
        sums.merge(&other.join().unwrap());
        sums
    })
}

/// The shipped pack; over-achievement asks for causes, which nobody else here does, and stays on.
fn pack() -> EffectivePack {
    let pack = RulePack::from_json(include_str!("../../../data/rule-packs/national-2021.json")).unwrap();
    assert!(matches!(
        pack.sections.over_achievement.as_ref().map(|rule| rule.rule),
        Some(OverAchievementRule::Explain { .. })
    ));
    let region = "640323000".parse().unwrap();
    EffectivePack::resolve(&[pack], &region, "2022-12-31".parse().unwrap(), ObjectType::Project)
}

fn leaf(plan: &Plan<'_>, row: &Row) -> Leaf {
    let rule = |method| -> RuleIndex {
        plan.rule(OPERATORS[usize::from(row.operator)], None, method).expect("the pack has the rule")
    };
    let index = match row.rule {
        ALL_OR_NOTHING => rule(ScoringMethod::Direct),
        PROPORTIONAL | PROPORTIONAL_FROM_60 => rule(ScoringMethod::Proportional),
        _ => rule(ScoringMethod::Deduction),
    };
    let leaf = Leaf::quantity(plan, index, row.target, row.actual, row.weight).expect("whole");
    if row.rule == PROPORTIONAL_FROM_60 { leaf.passing_from(Decimal::from(60)).unwrap() } else { leaf }
}

fn timed(name: &str, expected: &mut Option<Sums>, run: impl FnOnce() -> Sums) {
    let began = Instant::now();
    let sums = run();
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(*expected.get_or_insert(sums), sums, "{name} comes to other sums");
    println!("name={name} seconds={seconds:.4} sum={} grades={:?}", sums.score, sums.grades);
}

fn option(name: &str) -> Option<String> {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.next().and_then(|_| words.next())
}

fn main() {
    let number = |name, default| option(name).map_or(default, |text| text.parse().expect("a number"));
    let projects: usize = number("--projects", 1_000_000);
    let data = Data::made(projects);
    if let Some(folder) = option("--write") {
        data.write(Path::new(&folder));
        return;
    }
    let pack = pack();
    let plan = Plan::of(&pack).expect("the pack is whole");
    let leaves: Vec<Leaf> = data.rows.iter().map(|row| leaf(&plan, row)).collect();
    let decimal_rows: Vec<DecimalRow> = data
        .rows
        .iter()
        .map(|row| DecimalRow {
            target: Decimal::new(row.target, 4),
            actual: Decimal::new(row.actual, 4),
            weight: Decimal::new(row.weight.into(), 2),
            operator: row.operator,
            rule: row.rule,
        })
        .collect();
    let mut out = vec![0; projects];
    let mut expected = None;
    let departments = &data.departments;
    for _ in 0..number("--rounds", 5) {
        timed("limit-1", &mut expected, || limit(departments, &data.rows, &mut out));
        timed("ours-1", &mut expected, || ours(&plan, departments, &leaves, &mut out));
        timed("limit-2", &mut expected, || halved(departments, &data.rows, &mut out, limit));
        timed("ours-2", &mut expected, || {
            halved(departments, &leaves, &mut out, |departments, leaves, out| {
                ours(&plan, departments, leaves, out)
            })
        });
        timed("decimal-1", &mut expected, || decimals(departments, &decimal_rows, &mut out));
    }
}

use hengji_rules::pack::RulePack;
use hengji_rules::{EffectivePack, ObjectType};
use proptest::prelude::*;

use super::*;
use crate::domain::{Baseline, ProjectFacts, ProjectKey, Which};

const PROJECTS: [&str; 2] =
    ["regions/640323000/years/2021/projects/P1", "regions/640323000/years/2021/projects/P2"];

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn position(project: &str, allotted: Money) -> Position {
    let facts = ProjectFacts {
        title: "项目".into(),
        unit: "219001".parse().unwrap(),
        initial: money("1000"),
        budget: money("1000"),
        additions: vec![],
        fund_kind: None,
        marks: vec![],
    };
    let target = "regions/640323000/years/2021/targets/T1".into();
    let baseline = Baseline { target, version: 1, object: ObjectType::Project, indicators: vec![] };
    let key = ProjectKey::parse(project).unwrap();
    let mut position = Position::open(key, &facts, &baseline, "2021-01-10".parse().unwrap());
    position.issue(allotted, "2021-01-10".parse().unwrap()).unwrap();
    position
}

fn held(project: &str, allotted: Money) -> Held {
    Held::Whole(Box::new(position(project, allotted)))
}

fn ledger(allotted: &str) -> Ledger {
    let positions =
        PROJECTS.iter().map(|project| ((*project).to_owned(), held(project, money(allotted)))).collect();
    // 2021-10-01 noon in China
    Ledger {
        now: Timestamp(1_633_060_800_000_000),
        positions,
        moves: BTreeMap::new(),
        vouchers: HashMap::new(),
        taken_back: HashMap::new(),
    }
}

fn packs() -> Packs {
    let pack = RulePack::from_json(include_str!("../../../../data/rule-packs/national-2021.json")).unwrap();
    let position = position(PROJECTS[0], money("1"));
    let (region, day) = (&position.project.region, "2021-12-31".parse().unwrap());
    let effective = EffectivePack::resolve(&[pack], region, day, ObjectType::Project);
    Packs(HashMap::from([(position.pack_key(), std::sync::Arc::new(effective))]))
}

#[expect(clippy::unnecessary_wraps, reason = "rows come read or refused")]
fn row(voucher: &str, amount: &str, date: &str) -> Result<PaymentRow, Refusal> {
    Ok(PaymentRow {
        voucher: voucher.into(),
        project: ProjectKey::parse(PROJECTS[0]).unwrap(),
        amount: money(amount),
        pay_date: date.parse().unwrap(),
        payee: "收款人".into(),
        note: String::new(),
        functional_account: String::new(),
        economic_account: String::new(),
        corrects: String::new(),
    })
}

fn words(decision: &Decision) -> Vec<String> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Stored { standing, .. } => format!("stored {}", standing.paid),
        Outcome::Duplicate { .. } => "duplicate".into(),
        Outcome::Refused(refusal) => {
            refusal.reason().as_str_name().trim_start_matches("ERROR_REASON_").to_owned()
        }
    };
    decision.outcomes.iter().map(word).collect()
}

#[test]
fn a_refused_row_never_stops_its_neighbours() {
    let rows = [
        row("V1", "60", "2021-03-01"),
        row("V2", "50", "2021-03-01"), // above the 100 issued
        row("V3", "0", "2021-03-01"),
        row("V1", "60", "2021-03-01"),  // the same again
        row("V1", "61", "2021-03-01"),  // the same number, another body
        row("V4", "-61", "2021-03-02"), // more back than was paid
        row("V5", "-20", "2021-03-02"),
        row("V6", "1", "2020-12-31"),
        row("V7", "1", "2021-10-02"), // tomorrow
        row("V8", "1", "2021-01-09"), // before the first issue
        Err(Refusal::field("amount_yuan", "超过两位小数")),
        row("V9", "60", "2021-10-01"),
    ];
    let mut ledger = ledger("100");
    let decision = ledger.decide(&rows, &packs(), &DataScope::Everything);
    assert_eq!(
        words(&decision),
        [
            "stored 60.00",
            "ALLOTMENT_EXCEEDED",
            "FIELD_INVALID",
            "duplicate",
            "VOUCHER_REUSED",
            "STATE_FORBIDS",
            "stored 40.00",
            "FIELD_INVALID",
            "FIELD_INVALID",
            "FIELD_INVALID",
            "FIELD_INVALID",
            "stored 100.00",
        ]
    );
    assert_eq!(ledger.positions[PROJECTS[0]].paid, money("100"));
    assert_eq!(ledger.positions[PROJECTS[1]].paid, Money::ZERO);
    assert_eq!(ledger.moves, BTreeMap::from([(PROJECTS[0].to_owned(), 3)]));
}

#[test]
fn a_voucher_whose_row_was_refused_may_come_again() {
    let rows = [row("V1", "200", "2021-03-01"), row("V1", "20", "2021-03-01")];
    assert_eq!(
        words(&ledger("100").decide(&rows, &packs(), &DataScope::Everything)),
        ["ALLOTMENT_EXCEEDED", "stored 20.00"]
    );
}

#[test]
fn a_correction_takes_back_no_more_than_the_payment_it_corrects() {
    let correcting = |voucher: &str, corrects: &str, amount: &str| {
        row(voucher, amount, "2021-03-02").map(|row| PaymentRow { corrects: corrects.into(), ..row })
    };
    let elsewhere = correcting("V9", "V1", "-1")
        .map(|row| PaymentRow { project: ProjectKey::parse(PROJECTS[1]).unwrap(), ..row });
    let rows = [
        row("V1", "60", "2021-03-01"),
        row("V2", "40", "2021-03-01"),
        correcting("V3", "V1", "-60.01"),
        correcting("V3", "V1", "1"),
        correcting("V3", "V7", "-1"),
        elsewhere,
        correcting("V3", "V1", "-50"),
        correcting("V4", "V3", "-1"),
        correcting("V4", "V1", "-10.01"),
        correcting("V4", "V1", "-10"),
        correcting("V5", "V1", "-0.01"),
        correcting("V5", "V2", "-0.01"),
    ];
    let mut expected = ["FIELD_INVALID"; 12].map(str::to_owned);
    expected[0] = "stored 60.00".into();
    expected[1] = "stored 100.00".into();
    expected[6] = "stored 50.00".into();
    expected[9] = "stored 40.00".into();
    expected[11] = "stored 39.99".into();
    assert_eq!(words(&ledger("100").decide(&rows, &packs(), &DataScope::Everything)), expected);
}

#[test]
fn nothing_is_paid_while_suspended() {
    let mut ledger = ledger("100");
    ledger.positions.get_mut(PROJECTS[0]).unwrap().suspend("S1".into()).unwrap();
    let rows = [row("V1", "1", "2021-03-01")];
    assert_eq!(words(&ledger.decide(&rows, &packs(), &DataScope::Everything)), ["PAYMENT_SUSPENDED"]);
}

#[test]
fn a_changed_light_tells_why() {
    let mut ledger = ledger("1000");
    let decision = ledger.decide(
        &[row("V1", "700", "2021-09-30"), row("V2", "-300", "2021-09-30")],
        &packs(),
        &DataScope::Everything,
    );
    let of_money: Vec<_> =
        decision.changes.iter().filter(|(_, change)| change.which == Which::Money).collect();
    let told: Vec<_> = of_money.iter().map(|(row, change)| (*row, change.before, change.after)).collect();
    assert_eq!(told, [(0, Light::Unlit, Light::Green), (1, Light::Green, Light::Red)]);
    // 9 of 12 months are over, 400 of 1000 is paid
    assert!(of_money[1].1.why.contains("75% − 40% = 35 个百分点"), "{}", of_money[1].1.why);
}

/// Rows for two projects, amounts from -50.00 to 150.00, vouchers that sometimes repeat.
fn rows() -> impl Strategy<Value = Vec<Result<PaymentRow, Refusal>>> {
    let row =
        (0..2_usize, 0..40_u32, -5000..15_000_i64, 1..9_u8).prop_map(|(project, voucher, fen, month)| {
            Ok(PaymentRow {
                voucher: format!("V{voucher}"),
                project: ProjectKey::parse(PROJECTS[project]).unwrap(),
                amount: Money::from_fen(fen),
                pay_date: Date::new(2021, month, 15).unwrap(),
                payee: String::new(),
                note: String::new(),
                functional_account: String::new(),
                economic_account: String::new(),
                corrects: String::new(),
            })
        });
    proptest::collection::vec(row, 0..60)
}

fn stored_sum(ledger: &Ledger, project: &str) -> Money {
    let of_project = ledger.vouchers.values().filter(|(payment, _)| payment.row.project.name() == project);
    of_project.map(|(payment, _)| payment.row.amount).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn what_is_stored_is_what_is_paid_and_never_above_the_allotment(rows in rows()) {
        let mut ledger = ledger("500");
        let packs = packs();
        let mut chunks = ledger_in_chunks(&rows, &packs);
        let decision = ledger.decide(&rows, &packs, &DataScope::Everything);
        prop_assert_eq!(decision.outcomes.len(), rows.len());
        for outcome in &decision.outcomes {
            if let Outcome::Stored { standing, .. } = outcome {
                prop_assert!(standing.paid <= standing.allotted && !standing.paid.is_negative());
            }
        }
        for project in PROJECTS {
            prop_assert_eq!(stored_sum(&ledger, project), ledger.positions[project].paid);
            // how the rows are cut into transactions does not matter
            prop_assert_eq!(&ledger.positions[project], &chunks.positions.remove(project).unwrap());
        }
    }

    #[test]
    fn the_order_of_rows_that_all_fit_does_not_matter(
        rows in proptest::collection::vec((0..2_usize, 1..1000_i64), 0..30),
        turn in 0..30_usize,
    ) {
        let rows: Vec<_> = rows.iter().enumerate().map(|(number, (project, fen))| Ok(PaymentRow {
            voucher: format!("V{number}"),
            project: ProjectKey::parse(PROJECTS[*project]).unwrap(),
            amount: Money::from_fen(*fen),
            pay_date: Date::new(2021, 2, 1).unwrap(),
            payee: String::new(),
            note: String::new(),
            functional_account: String::new(),
            economic_account: String::new(),
            corrects: String::new(),
        })).collect();
        let mut turned = rows.clone();
        turned.rotate_left(turn.min(rows.len()));
        turned.reverse();
        let packs = packs();
        let (mut one, mut other) = (ledger("500"), ledger("500"));
        one.decide(&rows, &packs, &DataScope::Everything);
        other.decide(&turned, &packs, &DataScope::Everything);
        prop_assert_eq!(one.positions, other.positions);
        prop_assert_eq!(one.vouchers.len(), rows.len());
    }
}

fn ledger_in_chunks(rows: &[Result<PaymentRow, Refusal>], packs: &Packs) -> Ledger {
    let mut ledger = ledger("500");
    for chunk in rows.chunks(7) {
        ledger.decide(chunk, packs, &DataScope::Everything);
    }
    ledger
}

#[test]
fn a_row_no_later_than_anything_before_needs_no_indicators() {
    let rows =
        [row("V1", "60", "2021-03-01"), row("V2", "-10", "2021-02-01"), row("V3", "500", "2021-03-01")];
    let packs = packs();
    let mut whole = ledger("500");
    whole.decide(&[row("V0", "1", "2021-03-01")], &packs, &DataScope::Everything);
    let Some(Held::Whole(position)) = whole.positions.get(PROJECTS[0]).cloned() else { panic!("whole") };
    assert!(rows.iter().flatten().all(|row| !position.looks_at_results(row)));
    assert!(position.looks_at_results(&row("V4", "1", "2021-03-02").unwrap()));
    let mut funds = ledger("500");
    funds.positions.insert(PROJECTS[0].to_owned(), Held::Funds(Box::new(position.funds.clone())));
    let decisions = [&mut whole, &mut funds].map(|ledger| {
        let decision = ledger.decide(&rows, &packs, &DataScope::Everything);
        (decision.outcomes, decision.changes, Funds::clone(&ledger.positions[PROJECTS[0]]))
    });
    assert_eq!(decisions[0], decisions[1]);
    assert!(!decisions[0].2.warnings.is_empty());
}

//! Money is conserved: random sequences of everything that moves a project's money, beside a model that only adds up.

use std::collections::BTreeMap;

use hengji_rules::ObjectType;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    Allotment, AllotmentState, AmountChange, Attributes, Baseline, ChangeKind, Issue, ProjectFacts,
    ProjectKey,
};

const PROJECT: &str = "regions/640323000/years/2021/projects/P1";
const BUDGET: i64 = 1000;

/// One step; amounts in fen, allotments and vouchers by small numbers so that they meet.
#[derive(Debug, Clone)]
enum Step {
    Issue { amount: i64 },
    Change { allotment: usize, amount: i64, kind: ChangeKind },
    Withdraw { allotment: usize },
    Pay { voucher: u8, amount: i64, corrects: Option<u8> },
    Suspend,
    Resume,
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![Just(ChangeKind::Adjusted), Just(ChangeKind::CarriedOver)];
    prop_oneof![
        2 => (1..600_i64).prop_map(|amount| Step::Issue { amount }),
        2 => (0..4_usize, 1..400_i64, any::<bool>(), kind).prop_map(|(allotment, amount, less, kind)| {
            let amount = if less || kind == ChangeKind::CarriedOver { -amount } else { amount };
            Step::Change { allotment, amount, kind }
        }),
        1 => (0..4_usize).prop_map(|allotment| Step::Withdraw { allotment }),
        8 => (0..12_u8, -150..300_i64, proptest::option::weighted(0.2, 0..12_u8))
            .prop_map(|(voucher, amount, corrects)| Step::Pay { voucher, amount, corrects }),
        1 => Just(Step::Suspend),
        2 => Just(Step::Resume),
    ]
}

/// What happened, added up anew for every question.
#[derive(Default)]
struct Model {
    /// Everything issued, changed and taken back.
    money: Vec<i64>,
    vouchers: BTreeMap<u8, (i64, Option<u8>)>,
    suspended: bool,
}

impl Model {
    fn allotted(&self) -> i64 {
        self.money.iter().sum()
    }

    fn paid(&self) -> i64 {
        self.vouchers.values().map(|(amount, _)| amount).sum()
    }

    /// Whether a payment is a new one that may be stored.
    fn admits(&self, voucher: u8, amount: i64, corrects: Option<u8>) -> bool {
        let total = self.paid() + amount;
        let left = corrects.map(|voucher| self.left_of(voucher));
        !self.vouchers.contains_key(&voucher)
            && amount != 0
            && !self.suspended
            && total >= 0
            && (amount < 0 || total <= self.allotted())
            && left.is_none_or(|left| amount < 0 && -amount <= left)
    }

    /// What is not yet taken back of a payment; nothing of one that takes back itself, or is not there.
    fn left_of(&self, voucher: u8) -> i64 {
        let amount = self.vouchers.get(&voucher).map_or(0, |(amount, _)| *amount);
        let of_it = self.vouchers.values().filter(|(_, corrects)| *corrects == Some(voucher));
        amount + of_it.map(|(amount, _)| amount).sum::<i64>()
    }
}

struct World {
    ledger: Ledger,
    allotments: Vec<Allotment>,
    model: Model,
}

fn date() -> Date {
    "2021-03-01".parse().unwrap()
}

impl World {
    fn new() -> Self {
        let facts = ProjectFacts {
            title: String::new(),
            unit: "219001".parse().unwrap(),
            initial: Money::ZERO,
            budget: Money::from_fen(BUDGET),
            additions: vec![],
            fund_kind: None,
            marks: vec![],
        };
        let target = "regions/640323000/years/2021/targets/T1".into();
        let baseline = Baseline { target, version: 1, object: ObjectType::Project, indicators: vec![] };
        let position = Position::open(ProjectKey::parse(PROJECT).unwrap(), &facts, &baseline, date());
        let ledger = Ledger {
            now: Timestamp(1_633_060_800_000_000), // 1 October 2021
            positions: BTreeMap::from([(PROJECT.to_owned(), Held::Whole(Box::new(position)))]),
            moves: BTreeMap::new(),
            vouchers: HashMap::new(),
            taken_back: HashMap::new(),
        };
        Self { ledger, allotments: vec![], model: Model::default() }
    }

    fn position(&mut self) -> &mut Held {
        self.ledger.positions.get_mut(PROJECT).unwrap()
    }

    /// Carries the step out on both sides; says whether they agree on it.
    fn play(&mut self, step: &Step) -> bool {
        match step {
            Step::Issue { amount } => self.issue(*amount),
            Step::Change { allotment, amount, kind } => self.change(*allotment, *amount, *kind),
            Step::Withdraw { allotment } => self.withdraw(*allotment),
            Step::Pay { voucher, amount, corrects } => self.pay(*voucher, *amount, *corrects),
            Step::Suspend => {
                let suspended = self.position().suspend("S1".into()).is_ok();
                suspended != std::mem::replace(&mut self.model.suspended, true)
            }
            Step::Resume => {
                self.position().resume();
                self.model.suspended = false;
                true
            }
        }
    }

    fn issue(&mut self, amount: i64) -> bool {
        let may = self.model.allotted() + amount <= BUDGET;
        let done = self.position().issue(Money::from_fen(amount), date()).is_ok();
        if done {
            self.allotments.push(allotment(self.allotments.len(), amount));
            self.model.money.push(amount);
        }
        may == done
    }

    fn change(&mut self, number: usize, amount: i64, kind: ChangeKind) -> bool {
        let Some(known) = self.allotments.get(number) else { return true };
        let stands = known.state == AllotmentState::Issued && known.current().fen() + amount >= 0;
        let total = self.model.allotted() + amount;
        let may = stands && if amount < 0 { total >= self.model.paid() } else { total <= BUDGET };
        let change = AmountChange {
            kind,
            date: date(),
            change: Money::from_fen(amount),
            document: String::new(),
            reason: String::new(),
        };
        let mut changed = known.clone();
        let money = Money::from_fen(amount);
        let done = changed.change("date", change, self.ledger.now.date()).is_ok()
            && if amount < 0 {
                self.position().lower("A", -money).is_ok()
            } else {
                self.position().raise(money).is_ok()
            };
        if done {
            self.allotments[number] = changed;
            self.model.money.push(amount);
        }
        may == done
    }

    fn withdraw(&mut self, number: usize) -> bool {
        let Some(known) = self.allotments.get(number) else { return true };
        let current = known.current();
        let left = self.model.allotted() - current.fen();
        let may = known.state == AllotmentState::Issued && left >= self.model.paid();
        let mut withdrawn = known.clone();
        let done = withdrawn.withdraw(date(), self.ledger.now.date()).is_ok()
            && self.position().withdraw("A", current, Some(date())).is_ok();
        if done {
            self.allotments[number] = withdrawn;
            self.model.money.push(-current.fen());
        }
        may == done
    }

    fn pay(&mut self, voucher: u8, amount: i64, corrects: Option<u8>) -> bool {
        let may = self.model.admits(voucher, amount, corrects);
        let repeat = self.model.vouchers.get(&voucher) == Some(&(amount, corrects));
        let row = PaymentRow {
            voucher: format!("V{voucher}"),
            project: ProjectKey::parse(PROJECT).unwrap(),
            amount: Money::from_fen(amount),
            pay_date: date(),
            payee: String::new(),
            note: String::new(),
            functional_account: String::new(),
            economic_account: String::new(),
            corrects: corrects.map(|voucher| format!("V{voucher}")).unwrap_or_default(),
        };
        let decision = self.ledger.decide(&[Ok(row)], &Packs::default(), &DataScope::Everything);
        match &decision.outcomes[0] {
            Outcome::Stored { .. } => {
                self.model.vouchers.insert(voucher, (amount, corrects));
                may
            }
            Outcome::Duplicate { .. } => repeat,
            Outcome::Refused(_) => !may && !repeat,
        }
    }
}

fn allotment(number: usize, amount: i64) -> Allotment {
    Allotment {
        id: format!("A{number}"),
        issue: Issue {
            project: ProjectKey::parse(PROJECT).unwrap(),
            title: String::new(),
            unit: "219001".parse().unwrap(),
            document: String::new(),
            amount: Money::from_fen(amount),
            issue_date: date(),
            target: String::new(),
            target_version: 1,
            signed_verdict: String::new(),
            attributes: Attributes::default(),
            carried_from: String::new(),
        },
        state: AllotmentState::Issued,
        withdraw_date: None,
        changes: vec![],
        reissued: Money::ZERO,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn money_is_conserved_whatever_happens_in_whatever_order(steps in proptest::collection::vec(step(), 1..30)) {
        let mut world = World::new();
        for step in &steps {
            prop_assert!(world.play(step), "the ledger and the model differ over {step:?}");
            let (allotted, paid) = (world.model.allotted(), world.model.paid());
            let position = &world.ledger.positions[PROJECT];
            prop_assert_eq!((position.allotted.fen(), position.paid.fen()), (allotted, paid), "after {:?}", step);
            prop_assert!(0 <= paid && paid <= allotted && allotted <= BUDGET);
            let current: Money = world.allotments.iter().map(Allotment::current).sum();
            let on_the_day: Money = world.allotments.iter().map(|allotment| allotment.amount_on(date())).sum();
            prop_assert_eq!((current.fen(), on_the_day.fen()), (allotted, allotted));
            for (voucher, (amount, _)) in world.model.vouchers.iter().filter(|(_, (amount, _))| *amount > 0) {
                let left = world.model.left_of(*voucher);
                prop_assert!((0..=*amount).contains(&left), "{left} is left of the {amount} of V{voucher}");
            }
        }
        let stored: Money = world.ledger.vouchers.values().map(|(payment, _)| payment.row.amount).sum();
        prop_assert_eq!(stored.fen(), world.model.paid());
    }
}

//! The decision over payments: pure, row by row in order, with running totals; a refused row never stops its neighbours.

use std::collections::{BTreeMap, HashMap};
use std::ops::{Deref, DerefMut};

use hengji_kernel::{DataScope, Date, Money, Timestamp};
use hengji_rules::pack::Light;

use super::lamp::{LightChange, Packs};
use super::{Funds, Payment, PaymentRow, Position};
use crate::error::Refusal;

/// What the rows are decided against; afterwards, what they have made of it.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) now: Timestamp,
    /// By project name.
    pub(crate) positions: BTreeMap<String, Held>,
    /// How many rows have moved each of them so far.
    pub(crate) moves: BTreeMap<String, i64>,
    /// Vouchers stored before, by payment name, with the moment they were stored.
    pub(crate) vouchers: HashMap<String, (Payment, Timestamp)>,
    /// What corrections took back so far of the payments that rows correct, by payment name; above 0.
    pub(crate) taken_back: HashMap<String, Money>,
}

/// A position as its rows need it: whole where one of them is dated later than anything before, because time also turns the
/// lights of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    Funds(Box<Funds>),
    Whole(Box<Position>),
}

impl Deref for Held {
    type Target = Funds;

    fn deref(&self) -> &Funds {
        match self {
            Self::Funds(funds) => funds,
            Self::Whole(position) => position,
        }
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Funds {
        match self {
            Self::Funds(funds) => funds,
            Self::Whole(position) => position,
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Stored {
        payment: Payment,
        at: Timestamp,
        standing: Standing,
    },
    /// Stored before with the same body.
    Duplicate {
        payment: Payment,
        at: Timestamp,
        standing: Standing,
    },
    Refused(Refusal),
}

/// The money of a project right after a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Name of the project.
    pub(crate) project: String,
    pub(crate) allotted: Money,
    pub(crate) paid: Money,
    pub(crate) as_of: Date,
    pub(crate) money: Light,
    pub(crate) result: Light,
}

#[derive(Debug, Default)]
pub(crate) struct Decision {
    /// One for each row, in order.
    pub(crate) outcomes: Vec<Outcome>,
    /// Light changes with the index of the row that made them.
    pub(crate) changes: Vec<(usize, LightChange)>,
}

impl Ledger {
    /// Rows outside `scope` are refused as if their projects did not exist.
    pub(crate) fn decide(
        &mut self,
        rows: &[Result<PaymentRow, Refusal>],
        packs: &Packs,
        scope: &DataScope,
    ) -> Decision {
        let mut decision = Decision::default();
        for (index, row) in rows.iter().enumerate() {
            let outcome = match row {
                Ok(row) => self.decide_row(row, packs, scope),
                Err(refusal) => Err(refusal.clone()),
            };
            decision.outcomes.push(match outcome {
                Ok((outcome, changes)) => {
                    decision.changes.extend(changes.into_iter().map(|change| (index, change)));
                    outcome
                }
                Err(refusal) => Outcome::Refused(refusal),
            });
        }
        decision
    }

    fn decide_row(
        &mut self,
        row: &PaymentRow,
        packs: &Packs,
        scope: &DataScope,
    ) -> Result<(Outcome, Vec<LightChange>), Refusal> {
        let (name, project) = (row.resource_name(), row.project.name());
        let today = self.now.date();
        let position = self.positions.get_mut(&project);
        let position = position
            .filter(|position| position.lies_in(scope))
            .ok_or_else(|| Refusal::NotFound(project.clone()))?;
        if let Some((known, at)) = self.vouchers.get(&name) {
            if known.row != *row {
                return Err(Refusal::VoucherReused(row.voucher.clone()));
            }
            let standing = position.standing();
            return Ok((Outcome::Duplicate { payment: known.clone(), at: *at, standing }, vec![]));
        }
        let corrected = row.corrected();
        if let Some(corrected) = &corrected {
            let known = self.vouchers.get(corrected).map(|(payment, _)| &payment.row);
            row.takes_back_from(known, self.taken_back.get(corrected).copied().unwrap_or_default())?;
        }
        position.admits(row, today)?;
        let changes = position.pay(row, packs);
        let payment = Payment { row: row.clone(), unit: position.unit.clone() };
        let standing = position.standing();
        self.vouchers.insert(name, (payment.clone(), self.now));
        if let Some(corrected) = corrected {
            *self.taken_back.entry(corrected).or_default() += -row.amount;
        }
        *self.moves.entry(project).or_default() += 1;
        Ok((Outcome::Stored { payment, at: self.now, standing }, changes))
    }
}

impl Held {
    fn pay(&mut self, row: &PaymentRow, packs: &Packs) -> Vec<LightChange> {
        let results = self.looks_at_results(row);
        self.paid += row.amount;
        if !row.amount.is_negative() {
            self.last_paid = self.last_paid.max(Some(row.pay_date));
        }
        self.as_of = self.as_of.max(row.pay_date);
        let Some(pack) = packs.of(self) else { return vec![] };
        match self {
            Self::Whole(position) if results => position.relight(&pack),
            // results are judged by date and readings, and neither has changed
            Self::Whole(position) => position.relight_money(&pack),
            Self::Funds(funds) => funds.relight_money(&pack),
        }
    }
}

impl Funds {
    /// Every reason why a payment may not be stored, in the order an official would look.
    fn admits(&self, row: &PaymentRow, today: Date) -> Result<(), Refusal> {
        let project = || self.project.name();
        if row.amount.is_zero() {
            return Err(Refusal::field("amount_yuan", "金额不得为 0"));
        }
        if !self.project.holds(row.pay_date) {
            return Err(Refusal::date("pay_date", "不在项目的预算年度内", row.pay_date));
        }
        if row.pay_date > today {
            return Err(Refusal::date("pay_date", "在今天之后", row.pay_date));
        }
        if self.first_issue.is_some_and(|first| row.pay_date < first) {
            return Err(Refusal::date("pay_date", "早于预算指标首次下达的日期", row.pay_date));
        }
        if !self.suspension.is_empty() {
            return Err(Refusal::PaymentSuspended {
                project: project(),
                suspension: self.suspension.clone(),
            });
        }
        let (paid, amount) = (self.paid, row.amount);
        let total = paid + amount;
        if amount.is_negative() && total.is_negative() {
            return Err(Refusal::RefundAbovePaid { project: project(), paid, amount: -amount });
        }
        if !amount.is_negative() && total > self.allotted {
            return Err(Refusal::AllotmentExceeded {
                project: project(),
                allotted: self.allotted,
                paid,
                amount,
            });
        }
        self.leaves_frozen(row)
    }

    /// Whether the row is dated later than anything that counted, or results were never judged.
    pub(crate) fn looks_at_results(&self, row: &PaymentRow) -> bool {
        row.pay_date > self.as_of || self.results.is_none()
    }

    pub(crate) fn standing(&self) -> Standing {
        Standing {
            project: self.project.name(),
            allotted: self.allotted,
            paid: self.paid,
            as_of: self.as_of,
            money: self.money.light,
            result: self.result.light,
        }
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "ledger_model_tests.rs"]
mod model_tests;

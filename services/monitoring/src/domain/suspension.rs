use hengji_kernel::{Date, Money, UnitCode};
use serde::{Deserialize, Serialize};

use super::{Allotment, AllotmentState, Funds, PaymentRow, ProjectKey};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SuspensionState {
    /// 暂停中
    Standing,
    /// 已恢复
    Lifted,
}

/// Issued money that may not be paid while its suspension stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Freeze {
    /// Name of the suspension.
    pub(crate) suspension: String,
    /// Name of the allotment; empty for an amount of the project.
    pub(crate) allotment: String,
    pub(crate) amount: Money,
}

/// An order to suspend payment (暂停拨付) of a whole project, or of money that is issued to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suspension {
    pub(crate) project: ProjectKey,
    pub(crate) id: String,
    pub(crate) unit: UnitCode,
    /// Name of the allotment whose money it is about; empty if none.
    #[serde(default)]
    pub(crate) allotment: String,
    /// How much may not be paid; none if the whole project is suspended.
    #[serde(default)]
    pub(crate) amount: Option<Money>,
    pub(crate) authority: String,
    pub(crate) reason: String,
    pub(crate) lift_condition: String,
    pub(crate) state: SuspensionState,
    pub(crate) lift_reason: String,
    pub(crate) order_date: Date,
    pub(crate) lift_date: Option<Date>,
}

impl Suspension {
    pub(crate) fn resource_name(&self) -> String {
        self.project.sibling("suspensions", &self.id)
    }

    pub(crate) fn lift(&mut self, reason: String, today: Date) -> Result<(), Refusal> {
        if self.state == SuspensionState::Lifted {
            return Err(Refusal::State {
                name: self.resource_name(), state: "已恢复", action: "再次解除"
            });
        }
        self.state = SuspensionState::Lifted;
        self.lift_reason = reason;
        self.lift_date = Some(today);
        Ok(())
    }

    pub(crate) const fn is_whole(&self) -> bool {
        self.amount.is_none()
    }

    /// What it suspends in part, as ordered.
    pub(crate) fn freeze(&self) -> Option<Freeze> {
        let (suspension, allotment) = (self.resource_name(), self.allotment.clone());
        self.amount.map(|amount| Freeze { suspension, allotment, amount })
    }

    pub(crate) fn stood_on(&self, day: Date) -> bool {
        self.order_date <= day && self.lift_date.is_none_or(|lifted| lifted > day)
    }
}

impl Funds {
    /// Carries out an order. `allotment` is the one it names.
    pub(crate) fn obey(
        &mut self,
        suspension: &mut Suspension,
        allotment: Option<&Allotment>,
    ) -> Result<(), Refusal> {
        let name = suspension.resource_name();
        if let Some(allotment) = allotment {
            if allotment.issue.project != self.project {
                return Err(Refusal::field("allotment", "不是本项目的指标"));
            }
            if allotment.state == AllotmentState::Withdrawn {
                let (state, action) = ("已收回", "暂停拨付");
                return Err(Refusal::State { name: allotment.resource_name(), state, action });
            }
            suspension.amount.get_or_insert(allotment.current());
        }
        let Some(freeze) = suspension.freeze() else { return self.suspend(name) };
        let amount = freeze.amount;
        let most = allotment.map_or(self.allotted, Allotment::current);
        let same = |freeze: &&Freeze| allotment.is_none() || freeze.allotment == suspension.allotment;
        let frozen: Money = self.freezes.iter().filter(same).map(|freeze| freeze.amount).sum();
        if amount <= Money::ZERO {
            return Err(Refusal::field("amount_yuan", "暂停金额应大于 0"));
        }
        if frozen + amount > most {
            let message = format!("已暂停 {frozen} 元，再暂停 {amount} 元将超过已下达的 {most} 元");
            return Err(Refusal::field("amount_yuan", message));
        }
        self.freezes.push(freeze);
        Ok(())
    }

    /// The suspension no longer stands.
    pub(crate) fn release(&mut self, suspension: &Suspension) {
        if suspension.is_whole() {
            self.resume();
        }
        let name = suspension.resource_name();
        self.freezes.retain(|freeze| freeze.suspension != name);
    }

    /// No more of an allotment stays suspended than there is of it: what was taken back or carried over cannot be paid anyway.
    pub(crate) fn fit_freezes(&mut self, allotment: &str, current: Money) {
        let mut left = current;
        for freeze in self.freezes.iter_mut().filter(|freeze| freeze.allotment == allotment) {
            freeze.amount = freeze.amount.min(left);
            left -= freeze.amount;
        }
        self.freezes.retain(|freeze| freeze.amount > Money::ZERO);
    }

    /// Issued money that may not be paid.
    pub(crate) fn frozen(&self) -> Money {
        self.freezes.iter().map(|freeze| freeze.amount).sum()
    }

    /// A payment must leave suspended money where it is; a refund may come.
    pub(crate) fn leaves_frozen(&self, row: &PaymentRow) -> Result<(), Refusal> {
        let Some(first) = self.freezes.first().filter(|_| !row.amount.is_negative()) else { return Ok(()) };
        let (allotted, paid, frozen) = (self.allotted, self.paid, self.frozen());
        if paid + row.amount <= allotted - frozen {
            return Ok(());
        }
        Err(Refusal::MoneySuspended {
            suspension: first.suspension.clone(),
            allotted,
            frozen,
            paid,
            amount: row.amount,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Baseline, Position, ProjectFacts};

    const PROJECT: &str = "regions/640323000/years/2021/projects/P1";

    fn yuan(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn position() -> Position {
        let facts = ProjectFacts {
            title: "项目".into(),
            unit: "219001".parse().unwrap(),
            initial: yuan("1000"),
            budget: yuan("1000"),
            additions: vec![],
            fund_kind: None,
            marks: vec![],
        };
        let target = "regions/640323000/years/2021/targets/T1".into();
        let object = hengji_rules::ObjectType::Project;
        let baseline = Baseline { target, version: 1, object, indicators: vec![] };
        let day = "2021-01-10".parse().unwrap();
        let mut position = Position::open(ProjectKey::parse(PROJECT).unwrap(), &facts, &baseline, day);
        position.issue(yuan("600"), day).unwrap();
        position
    }

    fn order(id: &str, amount: &str) -> Suspension {
        Suspension {
            project: ProjectKey::parse(PROJECT).unwrap(),
            id: id.into(),
            unit: "219001".parse().unwrap(),
            allotment: String::new(),
            amount: amount.parse().ok(),
            authority: String::new(),
            reason: String::new(),
            lift_condition: String::new(),
            state: SuspensionState::Standing,
            lift_reason: String::new(),
            order_date: "2021-02-01".parse().unwrap(),
            lift_date: None,
        }
    }

    fn payment(amount: &str) -> PaymentRow {
        PaymentRow {
            voucher: "V1".into(),
            project: ProjectKey::parse(PROJECT).unwrap(),
            amount: yuan(amount),
            pay_date: "2021-03-01".parse().unwrap(),
            payee: String::new(),
            note: String::new(),
            functional_account: String::new(),
            economic_account: String::new(),
            corrects: String::new(),
        }
    }

    #[test]
    fn an_amount_stays_while_the_rest_is_paid() {
        let mut position = position();
        let mut first = order("S1", "400");
        position.obey(&mut first, None).unwrap();
        assert!(position.leaves_frozen(&payment("200")).is_ok());
        assert!(position.leaves_frozen(&payment("200.01")).is_err());
        assert!(position.leaves_frozen(&payment("-50")).is_ok());
        assert!(position.obey(&mut order("S2", "200.01"), None).is_err());
        assert!(position.obey(&mut order("S2", "0"), None).is_err());
        position.obey(&mut order("S2", "200"), None).unwrap();
        assert!(position.leaves_frozen(&payment("0.01")).is_err());
        position.release(&first);
        assert!(position.leaves_frozen(&payment("400")).is_ok());
    }

    #[test]
    fn no_more_is_frozen_of_an_allotment_than_there_is_of_it() {
        let mut position = position();
        for (id, allotment, amount) in [("S1", "A1", "300"), ("S2", "A1", "100"), ("S3", "A2", "50")] {
            let (suspension, allotment) = (id.to_owned(), allotment.to_owned());
            position.freezes.push(Freeze { suspension, allotment, amount: yuan(amount) });
        }
        position.fit_freezes("A1", yuan("350"));
        assert_eq!((position.frozen(), position.freezes.len()), (yuan("400"), 3));
        position.fit_freezes("A1", yuan("300"));
        assert_eq!((position.frozen(), position.freezes.len()), (yuan("350"), 2));
        position.fit_freezes("A1", Money::ZERO);
        assert_eq!(position.frozen(), yuan("50"));
    }

    proptest! {
        #[test]
        fn frozen_money_is_never_paid_and_never_more_than_issued(
            orders in proptest::collection::vec(1_i64..70_000, 0..6), amount in 1_i64..70_000,
        ) {
            let mut position = position();
            for (index, fen) in orders.iter().enumerate() {
                let mut order = order(&format!("S{index}"), "0");
                order.amount = Some(Money::from_fen(*fen));
                let _ = position.obey(&mut order, None);
            }
            prop_assert!(position.frozen() <= position.allotted);
            let mut payment = payment("1");
            payment.amount = Money::from_fen(amount);
            if position.leaves_frozen(&payment).is_ok() && !position.freezes.is_empty() {
                prop_assert!(payment.amount + position.frozen() <= position.allotted);
            }
        }
    }
}

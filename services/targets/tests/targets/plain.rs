//! The life of a target as an official would tell it: plain data, no store, no rules engine. What the service does is
//! compared with it, in the domain and through the public calls.

use std::collections::BTreeSet;

/// One of a handful of people, by number.
pub type Person = usize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Draft,
    Submitted,
    DepartmentReviewed,
    FinanceReviewed,
    Approved,
    Returned,
    Rejected,
    Adjusting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Unit,
    Department,
    Line,
    Performance,
    Expert,
    Institution,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Excellent,
    Good,
    Fair,
    Poor,
    /// Sent back without points (直接退回).
    None,
}

#[derive(Debug, Clone, Copy)]
pub enum Move {
    Edit,
    File,
    Withdraw,
    Review(Asked, Mark),
    Approve,
    Adjust,
    /// Whoever's turn it is, with this mark.
    Next(Mark),
}

/// One step of a chain: who is asked, and how many opinions it needs.
pub type Step = (Vec<Asked>, usize);

/// Whether the project may have money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purse {
    Waiting,
    InBudget,
    Refused,
}

#[derive(Debug, Clone)]
pub struct Life {
    pub state: State,
    pub version: i32,
    /// The baseline; 0 if none.
    pub approved: i32,
    pub purse: Purse,
    chain: Vec<Step>,
    authors: BTreeSet<Person>,
    /// Everyone who decided on this version, and as whom.
    decided: Vec<(Asked, Person)>,
    /// Steps passed since it was last filed, and who passed the open one.
    passed: usize,
    open: Vec<Asked>,
}

impl Life {
    pub fn drafted(by: Person, chain: Vec<Step>) -> Self {
        Self {
            state: State::Draft,
            version: 1,
            approved: 0,
            purse: Purse::Waiting,
            chain,
            authors: BTreeSet::from([by]),
            decided: vec![],
            passed: 0,
            open: vec![],
        }
    }

    /// Money is issued on this, and on nothing else.
    pub fn may_have_money(&self) -> bool {
        self.approved > 0 && self.purse == Purse::InBudget
    }

    fn is_open(&self) -> bool {
        matches!(self.state, State::Draft | State::Returned | State::Adjusting)
    }

    fn under_review(&self) -> bool {
        matches!(self.state, State::Submitted | State::DepartmentReviewed)
    }

    fn may_review(&self, who: Person, asked: Asked) -> bool {
        self.under_review()
            && self.chain[self.passed].0.contains(&asked)
            && !self.open.contains(&asked)
            && !self.authors.contains(&who)
            && !self.decided.iter().any(|(other, person)| *other != asked && *person == who)
    }

    /// What [`Move::Next`] stands for now: the first of `people` who may decide, approve or file.
    pub fn resolve(&self, who: Person, step: Move, people: Person) -> (Person, Move) {
        let Move::Next(mark) = step else { return (who, step) };
        if !self.under_review() {
            return match self.state {
                State::FinanceReviewed => {
                    ((0..people).rev().find(|one| self.may_approve(*one)).unwrap_or(who), Move::Approve)
                }
                State::Approved | State::Rejected => (who, Move::Adjust),
                _ => (who, Move::File),
            };
        }
        let asked = self.chain[self.passed].0.iter().find(|asked| !self.open.contains(asked));
        let asked = *asked.unwrap_or(&Asked::Department);
        let able = (0..people).find(|person| self.may_review(*person, asked));
        (able.unwrap_or(who), Move::Review(asked, mark))
    }

    fn may_approve(&self, who: Person) -> bool {
        !self.authors.contains(&who) && self.decided.iter().any(|(_, person)| *person != who)
    }

    /// Does it, if it may be done; says whether it was.
    pub fn take(&mut self, who: Person, step: Move) -> bool {
        match step {
            Move::Edit if self.is_open() => {
                self.authors.insert(who);
            }
            Move::File if self.is_open() && self.purse != Purse::Refused => {
                self.authors.insert(who);
                self.state = State::Submitted;
                self.begin_again();
            }
            Move::Withdraw
                if self.state == State::Submitted
                    && self.passed == 0
                    && self.open.is_empty()
                    && self.authors.contains(&who) =>
            {
                self.state = State::Returned;
            }
            Move::Review(asked, mark) if self.may_review(who, asked) => self.review(who, asked, mark),
            Move::Approve if self.state == State::FinanceReviewed && self.may_approve(who) => {
                self.approved = self.version;
                self.state = State::Approved;
                self.purse = Purse::InBudget;
            }
            Move::Adjust
                if self.state == State::Approved || self.state == State::Rejected && self.approved > 0 =>
            {
                self.version += 1;
                self.state = State::Adjusting;
                self.authors = BTreeSet::from([who]);
                self.decided.clear();
                self.begin_again();
            }
            _ => return false,
        }
        true
    }

    fn begin_again(&mut self) {
        self.passed = 0;
        self.open.clear();
    }

    fn review(&mut self, who: Person, asked: Asked, mark: Mark) {
        self.decided.push((asked, who));
        match mark {
            Mark::Excellent | Mark::Good => {
                self.open.push(asked);
                if self.open.len() == self.chain[self.passed].1 {
                    self.passed += 1;
                    self.open.clear();
                }
                let by_department =
                    self.chain[..self.passed].iter().any(|(asked, _)| asked.contains(&Asked::Department));
                self.state = match by_department {
                    _ if self.passed == self.chain.len() => State::FinanceReviewed,
                    true => State::DepartmentReviewed,
                    false => State::Submitted,
                };
            }
            Mark::Fair | Mark::None => {
                self.state = State::Returned;
                self.begin_again();
            }
            Mark::Poor => {
                self.state = State::Rejected;
                self.begin_again();
                if self.approved == 0 {
                    self.purse = Purse::Refused;
                }
            }
        }
    }
}

//! The life that indicators, templates and code lists share: draft, in review, active, retired. What is in force is never
//! edited: a change is drafted and reviewed beside it and becomes the next revision, and the one before stays as it was.

use hengji_kernel::{FiscalYear, RegionCode};
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LibraryState {
    /// 草稿
    Draft,
    /// 审核中
    InReview,
    /// 启用
    Active,
    /// 停用
    Retired,
}

/// Where a record keeps what its life changes.
pub(crate) struct Life<'a, T> {
    pub(crate) state: &'a mut LibraryState,
    /// 1, 2, ... with each change put in force.
    pub(crate) revision: &'a mut u32,
    /// Code of the record to be used instead, once retired.
    pub(crate) successor: &'a mut String,
    /// A change on its way: its state is the change's, the record's own stays active.
    pub(crate) pending: &'a mut Option<Box<T>>,
    /// What was in force before, oldest first.
    pub(crate) history: &'a mut Vec<T>,
}

pub(crate) trait Living: Sized {
    /// As officials call it, e.g. 指标.
    const NOUN: &'static str;
    /// First part of the resource name, e.g. `indicators`.
    const COLLECTION: &'static str;
    /// Where a request holds it, e.g. `indicator`.
    const FIELD: &'static str;

    fn code(&self) -> &str;
    fn title(&self) -> &str;
    fn layer(&self) -> &RegionCode;
    fn state(&self) -> LibraryState;
    fn revision(&self) -> u32;
    fn pending(&self) -> Option<&Self>;
    fn history(&self) -> &[Self];
    fn life(&mut self) -> Life<'_, Self>;

    /// Takes over what belongs to the record and not to one of its revisions.
    fn keep_from(&mut self, _before: &mut Self) {}

    fn resource_name(&self) -> String {
        format!("{}/{}", Self::COLLECTION, self.code())
    }

    /// Hands a draft, or a drafted change, in for review.
    fn submit(&mut self) -> Result<(), Refusal> {
        let refusal = Refusal::NotDraft { noun: Self::NOUN, name: self.resource_name() };
        self.step(LibraryState::Draft, LibraryState::InReview, refusal)
    }

    /// Sends what is in review back to its draft.
    fn send_back(&mut self) -> Result<(), Refusal> {
        let refusal = Refusal::NotInReview { noun: Self::NOUN, name: self.resource_name() };
        self.step(LibraryState::InReview, LibraryState::Draft, refusal)
    }

    /// Puts what was reviewed in force. What was in force before stays as it was, under its revision.
    fn activate(&mut self) -> Result<(), Refusal> {
        let refusal = Refusal::NotInReview { noun: Self::NOUN, name: self.resource_name() };
        self.step(LibraryState::InReview, LibraryState::Active, refusal)?;
        if let Some(next) = self.life().pending.take() {
            let mut before = std::mem::replace(self, *next);
            self.keep_from(&mut before);
            let next_revision = before.revision() + 1;
            let history = std::mem::take(before.life().history);
            let life = self.life();
            *life.revision = next_revision;
            *life.history = history;
            life.history.push(before);
        }
        Ok(())
    }

    /// Moves the change on its way, else the record itself.
    fn step(&mut self, from: LibraryState, to: LibraryState, refusal: Refusal) -> Result<(), Refusal> {
        let life = self.life();
        let state = match life.pending {
            Some(change) => change.life().state,
            None => life.state,
        };
        if *state != from {
            return Err(refusal);
        }
        *state = to;
        Ok(())
    }

    /// Drafts a change to what is active, in place of a draft made before.
    fn revise(&mut self, change: Self) -> Result<(), Refusal> {
        let in_review = self.pending().is_some_and(|pending| pending.state() == LibraryState::InReview);
        if self.state() != LibraryState::Active || in_review {
            return Err(Refusal::NotActive { noun: Self::NOUN, name: self.resource_name() });
        }
        if change.code() != self.code() || change.layer() != self.layer() {
            return Err(Refusal::AnotherRecord { noun: Self::NOUN, field: Self::FIELD });
        }
        *self.life().pending = Some(Box::new(change));
        Ok(())
    }

    /// What an import would change: the change on its way, else the record itself.
    fn latest(&self) -> &Self {
        self.pending().unwrap_or(self)
    }

    /// Takes a changed row of an import in: a draft is written anew, what is in force gets a drafted change.
    fn reimport(&mut self, change: Self) -> Result<(), Refusal> {
        if self.state() == LibraryState::Draft && change.layer() == self.layer() {
            let mut before = std::mem::replace(self, change);
            self.keep_from(&mut before);
            return Ok(());
        }
        self.revise(change)
    }

    /// Takes it out of use for what is new; old records keep it.
    fn retire(&mut self, successor: String) -> Result<(), Refusal> {
        if self.state() != LibraryState::Active {
            return Err(Refusal::NotActive { noun: Self::NOUN, name: self.resource_name() });
        }
        let life = self.life();
        *life.state = LibraryState::Retired;
        *life.successor = successor;
        *life.pending = None;
        Ok(())
    }

    /// As it was in force under that revision; 0 is the present one.
    fn at_revision(&self, revision: u32) -> Option<&Self> {
        if revision == 0 || revision == self.revision() {
            return Some(self);
        }
        self.history().iter().find(|past| past.revision() == revision)
    }
}

/// What holds by budget year.
pub(crate) trait Yearly: Living {
    /// First and last budget year; no last one while open.
    fn years(&self) -> (FiscalYear, Option<FiscalYear>);

    /// The latest revision that was put in force for that year, whether retired since or not.
    fn in_year(&self, year: FiscalYear) -> Option<&Self> {
        let present = matches!(self.state(), LibraryState::Active | LibraryState::Retired).then_some(self);
        let begun = present.into_iter().chain(self.history().iter().rev()).find(|one| one.years().0 <= year);
        begun.filter(|one| one.years().1.is_none_or(|last| year <= last))
    }
}

/// For records that keep their life in fields of these names.
macro_rules! living {
    ($record:ty, $noun:literal, $collection:literal, $field:literal $(, $keep_from:item)?) => {
        impl $crate::domain::Living for $record {
            const NOUN: &'static str = $noun;
            const COLLECTION: &'static str = $collection;
            const FIELD: &'static str = $field;

            fn code(&self) -> &str {
                &self.code
            }
            fn title(&self) -> &str {
                &self.title
            }
            fn layer(&self) -> &hengji_kernel::RegionCode {
                &self.layer
            }
            fn state(&self) -> $crate::domain::LibraryState {
                self.state
            }
            fn revision(&self) -> u32 {
                self.revision
            }
            fn pending(&self) -> Option<&Self> {
                self.pending.as_deref()
            }
            fn history(&self) -> &[Self] {
                &self.history
            }
            fn life(&mut self) -> $crate::domain::Life<'_, Self> {
                $crate::domain::Life {
                    state: &mut self.state,
                    revision: &mut self.revision,
                    successor: &mut self.successor,
                    pending: &mut self.pending,
                    history: &mut self.history,
                }
            }
            $($keep_from)?
        }
    };
}
pub(crate) use living;

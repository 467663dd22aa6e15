//! The rules in force for the positions at hand, fetched before a transaction so that none waits for a peer.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use hengji_kernel::{Clock, Date, FiscalYear, RegionCode};
use hengji_rpc::{Call, Fault, Peers, Reason, RuleBook};
use hengji_rules::{EffectivePack, ObjectType};

use crate::domain::{Funds, PackKey, Packs};
use crate::peers::object_kind;

/// A region and year whose positions are about to be judged.
pub(crate) type Place = (RegionCode, FiscalYear);

#[derive(Clone)]
pub(crate) struct Rules {
    book: RuleBook,
    clock: Arc<dyn Clock>,
    /// What positions have asked for so far.
    known: Arc<Mutex<HashSet<PackKey>>>,
}

impl Rules {
    pub(crate) fn new(peers: &Peers, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        Ok(Self { book: RuleBook::new(peers)?, clock, known: Arc::default() })
    }

    /// The rules of these places, for every kind of object seen there.
    pub(crate) async fn of_places(&self, call: &Call, places: &[Place]) -> Result<Packs, Fault> {
        let mut packs = Packs::default();
        for key in self.seen_in(places) {
            let pack = self.effective(call, &key).await?;
            packs.0.insert(key, pack);
        }
        Ok(packs)
    }

    /// The rules of a place for projects on a day, which must be there.
    pub(crate) async fn in_force(
        &self,
        call: &Call,
        region: &RegionCode,
        day: Date,
    ) -> Result<Arc<EffectivePack>, Fault> {
        self.book.effective(call, region, day, object_kind(ObjectType::Project)).await
    }

    /// The rules a year of a place is judged by, for projects.
    pub(crate) async fn of_year(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Arc<EffectivePack>, Fault> {
        self.in_force(call, region, rule_day(year, self.clock.today())).await
    }

    /// Remembers kinds of objects whose rules were missing; true if there were any.
    pub(crate) fn learn<'a>(&self, packs: &Packs, positions: impl IntoIterator<Item = &'a Funds>) -> bool {
        let missing: Vec<_> =
            positions.into_iter().map(Funds::pack_key).filter(|key| !packs.0.contains_key(key)).collect();
        let learned = !missing.is_empty();
        self.known.lock().unwrap_or_else(PoisonError::into_inner).extend(missing);
        learned
    }

    fn seen_in(&self, places: &[Place]) -> Vec<PackKey> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = known.iter().filter(|(region, year, _)| {
            places.iter().any(|(place, of_year)| place == region && of_year == year)
        });
        seen.cloned().collect()
    }

    /// Where no rules are in force, none apply: the lights stay off and say so.
    async fn effective(&self, call: &Call, key: &PackKey) -> Result<Arc<EffectivePack>, Fault> {
        let (region, year, object) = key;
        let day = rule_day(*year, self.clock.today());
        match self.book.effective(call, region, day, object_kind(*object)).await {
            Err(fault) if fault.reason() == Reason::RulePackUnfit => {
                Ok(Arc::new(EffectivePack::resolve(&[], region, day, *object)))
            }
            answer => answer,
        }
    }
}

/// A budget year is judged by today's rules; once it is over, by those in force on its last day.
fn rule_day(year: FiscalYear, today: Date) -> Date {
    Date::new(year.number(), 12, 31).map_or(today, |last| last.min(today))
}

//! A group of tickets in one transaction: claims, vouchers, positions, answers and news, each in a set. A refused, repeated
//! or clashing ticket never touches its neighbours.

use std::collections::HashSet;
use std::iter::zip;

use hengji_db::{Claim, DbError, NewEntry};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::{decode, reused};
use hengji_rpc::{Act, Acts, Fault};
use prost::Message;

use super::convert;
use super::lanes::{Ticket, Verdict};
use super::posting::{Book, news, places};
use crate::domain::{Decision, Outcome, Packs};
use crate::error::{ATTEMPTS, Trouble};
use crate::rules::{Place, Rules};

pub(crate) struct Poster {
    acts: Acts,
    rules: Rules,
}

/// Why a group was not stored.
enum Failure {
    /// Rules were missing, or somebody else was faster: decide again.
    Again,
    Database(DbError),
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

/// What a group has come to before it is stored.
#[derive(Default)]
struct Work {
    decisions: Vec<Decision>,
    /// Places of the tickets in the group, with their encoded answers.
    answers: Vec<(usize, Vec<u8>)>,
    entries: Vec<NewEntry>,
}

impl Poster {
    pub(crate) const fn new(acts: Acts, rules: Rules) -> Self {
        Self { acts, rules }
    }

    /// Stores the group and answers every ticket. What only one of them brings about is not laid on the others: a group that
    /// fails for another reason than an absent database is taken apart.
    pub(crate) async fn serve(&self, group: Vec<Ticket>) {
        match self.store(&group).await {
            Ok(verdicts) => {
                for (ticket, verdict) in zip(group, verdicts) {
                    let _ = ticket.reply.send(verdict); // a caller that went away finds out by repeating
                }
            }
            Err(error) if group.len() > 1 && !matches!(error, DbError::Unavailable(_)) => {
                tracing::warn!(%error, tickets = group.len(), "a group of payments is taken apart");
                for ticket in group {
                    let alone = std::slice::from_ref(&ticket);
                    let verdict = match self.store(alone).await {
                        Ok(mut verdicts) => verdicts.pop().unwrap_or(Err(Trouble::Again)),
                        Err(error) => Err(error.into()),
                    };
                    let _ = ticket.reply.send(verdict);
                }
            }
            Err(error) => {
                for ticket in group {
                    let _ = ticket.reply.send(Err(error.clone().into()));
                }
            }
        }
    }

    async fn store(&self, group: &[Ticket]) -> Result<Vec<Verdict>, DbError> {
        for _ in 0..ATTEMPTS {
            let (packs, absent) = self.packs(group).await;
            match self.attempt(group, &packs, &absent).await {
                Ok(verdicts) => return Ok(verdicts),
                Err(Failure::Again) => {}
                Err(Failure::Database(error)) => return Err(error),
            }
        }
        Ok(group.iter().map(|_| Err(Trouble::exhausted().into())).collect())
    }

    /// The rules of every place in the group, each asked in the name of one who pays there; and the places of which they
    /// could not be had.
    async fn packs(&self, group: &[Ticket]) -> (Packs, HashSet<Place>) {
        let (mut packs, mut absent, mut asked) = (Packs::default(), HashSet::new(), HashSet::new());
        for ticket in group {
            for place in places(&ticket.rows) {
                if !asked.insert(place.clone()) {
                    continue;
                }
                match self.rules.of_places(&ticket.call, std::slice::from_ref(&place)).await {
                    Ok(found) => packs.0.extend(found.0),
                    Err(fault) => {
                        tracing::warn!(%fault, "rules are away");
                        absent.insert(place);
                    }
                }
            }
        }
        (packs, absent)
    }

    async fn attempt(
        &self,
        group: &[Ticket],
        packs: &Packs,
        absent: &HashSet<Place>,
    ) -> Result<Vec<Verdict>, Failure> {
        let Some(first) = group.first() else { return Ok(vec![]) };
        let mut act = self.acts.background(&first.call).await?;
        let mut verdicts = known(&mut act, group).await?;
        for (ticket, verdict) in zip(group, &mut verdicts) {
            if verdict.is_none() && places(&ticket.rows).iter().any(|place| absent.contains(place)) {
                *verdict = Some(Err(Fault::unavailable("亮灯规则暂不可用，请稍后重试").into()));
            }
        }
        let open = zip(group, &verdicts).filter(|(_, verdict)| verdict.is_none());
        let mut book = Book::open(&mut act, open.flat_map(|(ticket, _)| &ticket.rows)).await?;
        if self.rules.learn(packs, book.funds()) {
            return Err(Failure::Again);
        }
        let mut work = Work::default();
        let mut claimed = HashSet::new();
        for (index, (ticket, verdict)) in zip(group, &mut verdicts).enumerate() {
            if verdict.is_some() {
                continue;
            }
            *verdict = Some(match &ticket.once {
                // a copy of one that is being stored: once that is done it gets the same answer
                Some(key) if claimed.contains(&(&key.account, &key.request_id)) => Err(Trouble::Again),
                once => {
                    let verdict = work.decide(&act, &mut book, packs, index, ticket);
                    if let (Some(key), Ok(_)) = (once, &verdict) {
                        claimed.insert((&key.account, &key.request_id));
                    }
                    verdict
                }
            });
        }
        work.write(act, &book, group).await?;
        Ok(verdicts.into_iter().map(|verdict| verdict.unwrap_or(Err(Trouble::Again))).collect())
    }
}

/// Verdicts over tickets that were carried out before, or whose request id was used for something else.
async fn known(act: &mut Act, group: &[Ticket]) -> Result<Vec<Option<Verdict>>, DbError> {
    let keys: Vec<_> = group.iter().filter_map(|ticket| ticket.once.as_ref()).collect();
    let mut claims = act.tx.claimed_many(&keys).await?.into_iter();
    let known = group.iter().map(|ticket| {
        let key = ticket.once.as_ref()?;
        match claims.next()? {
            Claim::Fresh => None,
            Claim::Repeat(answer) => Some(
                decode::<pb::PostPaymentResponse>(&answer)
                    .map(|answer| answer.outcome.into_iter().collect())
                    .map_err(Trouble::Fault),
            ),
            Claim::Clash => Some(Err(reused(&key.request_id).into())),
        }
    });
    Ok(known.collect())
}

impl Work {
    fn decide(
        &mut self,
        act: &Act,
        book: &mut Book,
        packs: &Packs,
        index: usize,
        ticket: &Ticket,
    ) -> Verdict {
        let decision = book.decide(&ticket.rows, packs, &ticket.call.scope());
        let verdict = match (&ticket.once, decision.outcomes.first()) {
            (None, _) => Ok(convert::outcomes(&decision, book)),
            (Some(_), Some(Outcome::Refused(refusal))) => {
                return Err(refusal.clone().within("payment").into());
            }
            (Some(_), Some(outcome)) => {
                let outcome = convert::whole_outcome(outcome, book);
                let answer = pb::PostPaymentResponse { outcome: Some(outcome.clone()) };
                self.answers.push((index, answer.encode_to_vec()));
                Ok(vec![outcome])
            }
            (Some(_), None) => return Err(Trouble::Again),
        };
        let request_id = ticket.once.as_ref().map(|key| key.request_id.clone()).unwrap_or_default();
        self.entries.extend(news(act, &decision).into_iter().map(|entry| NewEntry {
            account: ticket.call.account().to_owned(),
            method: ticket.call.method.to_owned(),
            request_id: request_id.clone(),
            ..entry
        }));
        self.decisions.push(decision);
        verdict
    }

    /// Everything or nothing; with nothing to store, no commit.
    async fn write(self, mut act: Act, book: &Book, group: &[Ticket]) -> Result<(), Failure> {
        if self.answers.is_empty() && self.entries.is_empty() {
            return Ok(());
        }
        if !book.write(&mut act, &self.decisions).await? {
            return Err(Failure::Again);
        }
        let answers: Vec<_> = self
            .answers
            .into_iter()
            .filter_map(|(index, answer)| Some((group.get(index)?.once.as_ref()?, answer)))
            .collect();
        let now = act.now;
        if !act.tx.answer_many(&answers, now).await? {
            return Err(Failure::Again);
        }
        act.tx.append_many(self.entries).await?;
        Ok(act.done().await?)
    }
}

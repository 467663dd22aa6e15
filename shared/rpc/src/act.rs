//! A change: claimed by its request id, decided, journalled and answered in one transaction.

use std::sync::Arc;

use hengji_db::{Claim, Db, DbError, NewEntry, Record, RequestKey, Stored, Tx};
use hengji_kernel::{Clock, Date, Ids, RegionCode, Timestamp, UnitCode};
use hengji_proto::Mutating;
use prost::Message;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::convert::check_etag;
use crate::{Call, Fault, Reason};

/// Begins acts on one service's database.
#[derive(Clone)]
pub struct Acts {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// A request is either new, or a repeat that gets the first answer.
pub enum Begun<A> {
    Repeat(A),
    Fresh(Act),
}

impl Acts {
    /// Carries out work that asks other services before it begins its act. A copy of the request carried out before, or
    /// while this one was asking and found the record changed under it, answers for both.
    pub async fn once<Q: Mutating, A: Message + Default>(
        &self,
        call: &Call,
        request: &Q,
        work: impl Future<Output = Result<A, Fault>>,
    ) -> Result<A, Fault> {
        if let Some(answer) = self.repeated(call, request).await? {
            return Ok(answer);
        }
        match work.await {
            Ok(answer) => Ok(answer),
            Err(fault) => self.repeated(call, request).await?.ok_or(fault),
        }
    }

    /// The first answer, if this request was carried out before.
    pub async fn repeated<Q: Mutating, A: Message + Default>(
        &self,
        call: &Call,
        request: &Q,
    ) -> Result<Option<A>, Fault> {
        let mut tx = self.db.read().await?;
        match tx.claimed(call.account(), request.request_id(), call.method, &digest(request)).await? {
            Claim::Fresh => Ok(None),
            Claim::Repeat(answer) => Ok(Some(decode(&answer)?)),
            Claim::Clash => Err(reused(request.request_id())),
        }
    }

    /// Claims the request id and opens the write transaction.
    pub async fn begin<Q: Mutating, A: Message + Default>(
        &self,
        call: &Call,
        request: &Q,
    ) -> Result<Begun<A>, Fault> {
        let mut tx = self.db.write().await?;
        let now = self.clock.now();
        let request_id = request.request_id().to_owned();
        match tx.claim(call.account(), &request_id, call.method, &digest(request), now).await? {
            Claim::Fresh => Ok(Begun::Fresh(Act {
                tx,
                now,
                account: call.account().to_owned(),
                method: call.method,
                request_id,
                validate_only: request.validate_only(),
                ids: Arc::clone(&self.ids),
            })),
            Claim::Repeat(answer) => Ok(Begun::Repeat(decode(&answer)?)),
            Claim::Clash => Err(reused(&request_id)),
        }
    }

    /// A change no caller asked for, such as news taken in from another service's journal.
    pub async fn background(&self, call: &Call) -> Result<Act, DbError> {
        Ok(Act {
            tx: self.db.write().await?,
            now: self.clock.now(),
            account: call.account().to_owned(),
            method: call.method,
            request_id: String::new(),
            validate_only: false,
            ids: Arc::clone(&self.ids),
        })
    }
}

/// A write transaction with the caller's name on it. Dropped without [`Act::finish`], nothing has happened.
pub struct Act {
    pub tx: Tx,
    pub now: Timestamp,
    pub account: String,
    pub method: &'static str,
    pub request_id: String,
    validate_only: bool,
    ids: Arc<dyn Ids>,
}

/// What the journal says of a change.
pub struct News<'a> {
    /// e.g. `target.approved`
    pub kind: &'static str,
    /// Resource name of the record.
    pub subject: &'a str,
    pub region: Option<&'a RegionCode>,
    pub unit: Option<&'a UnitCode>,
    pub payload: Value,
    /// The person's reason, where the call takes one.
    pub reason: &'a str,
}

impl Act {
    /// Today in China by the act's clock.
    pub fn today(&self) -> Date {
        self.now.date()
    }

    pub fn new_id(&self) -> String {
        self.ids.next().to_string()
    }

    /// Loads a record in the call's scope; what may not be seen does not exist.
    pub async fn load<T: Record>(&mut self, call: &Call, name: &str) -> Result<Stored<T>, Fault> {
        self.tx.load::<T>(name, &call.scope()).await?.ok_or_else(|| Fault::not_found(name))
    }

    /// Loads a record the caller has read before, and refuses if it has changed since.
    pub async fn load_fresh<T: Record>(
        &mut self,
        call: &Call,
        name: &str,
        etag: &str,
    ) -> Result<Stored<T>, Fault> {
        let stored = self.load::<T>(call, name).await?;
        check_etag(name, etag, &stored)?;
        Ok(stored)
    }

    pub async fn insert<T: Record>(&mut self, record: &T) -> Result<Stored<T>, Fault> {
        Ok(self.tx.insert(record, self.now).await?)
    }

    pub async fn save<T: Record>(&mut self, stored: &Stored<T>) -> Result<Stored<T>, Fault> {
        Ok(self.tx.save(stored, self.now).await?)
    }

    /// All or none, in few statements; answered in their order.
    pub async fn save_many<T: Record>(&mut self, stored: &[Stored<T>]) -> Result<Vec<Stored<T>>, Fault> {
        Ok(self.tx.save_many(stored, self.now).await?)
    }

    pub async fn journal(&mut self, news: News<'_>) -> Result<(), Fault> {
        let entry = NewEntry {
            entry_id: self.new_id(),
            at: self.now,
            account: self.account.clone(),
            method: self.method.to_owned(),
            request_id: self.request_id.clone(),
            kind: news.kind,
            subject: news.subject.to_owned(),
            region: news.region.cloned(),
            unit: news.unit.cloned(),
            payload: news.payload,
            reason: news.reason.to_owned(),
        };
        Ok(self.tx.append(entry).await?)
    }

    /// Stores the answer for repeats and commits; with `validate_only` undoes everything and answers all the same.
    pub async fn finish<A: Message>(mut self, answer: A) -> Result<A, Fault> {
        if self.validate_only {
            return Ok(answer);
        }
        if !self.request_id.is_empty() {
            self.tx.answer(&self.account, &self.request_id, &answer.encode_to_vec()).await?;
        }
        self.tx.commit().await?;
        Ok(answer)
    }

    /// Commits work that answers nobody, or whose answers are stored with it.
    pub async fn done(self) -> Result<(), DbError> {
        self.tx.commit().await
    }
}

/// The request as the log of answers knows it.
pub fn request_key<Q: Mutating>(call: &Call, request: &Q) -> RequestKey {
    RequestKey {
        account: call.account().to_owned(),
        request_id: request.request_id().to_owned(),
        method: call.method,
        digest: digest(request),
    }
}

fn digest<Q: Mutating>(request: &Q) -> String {
    hex::encode(Sha256::digest(request.encode_to_vec()))
}

/// A first answer as it was stored.
pub fn decode<A: Message + Default>(answer: &[u8]) -> Result<A, Fault> {
    A::decode(answer).map_err(Fault::internal)
}

/// ALREADY_EXISTS: the id was used for another request.
pub fn reused(request_id: &str) -> Fault {
    Fault::reused(Reason::RequestIdReused, format!("request_id {request_id} 已用于另一请求"))
}

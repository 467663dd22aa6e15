//! Repeats of a mutating call get the first answer, also after a crash and on another replica.

use std::collections::HashMap;

use hengji_kernel::Timestamp;

use crate::{DbError, Row, Tx, Value};

/// What a request id turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Not seen before: do the work and give the answer to [`Tx::answer`].
    Fresh,
    /// Done already; the first answer.
    Repeat(Vec<u8>),
    /// Used before for another method or another request.
    Clash,
}

/// One request as the log knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestKey {
    /// Who called.
    pub account: String,
    pub request_id: String,
    /// The call.
    pub method: &'static str,
    /// Digest of the request.
    pub digest: String,
}

impl RequestKey {
    /// What a row of the log with this account and id says of the request.
    fn compare(&self, row: &Row) -> Result<Claim, DbError> {
        if row.text("method")? != self.method || row.text("digest")? != self.digest {
            return Ok(Claim::Clash);
        }
        row.bytes("answer").map(Claim::Repeat).map_err(|error| error.in_row("request_log", &self.request_id))
    }
}

impl Tx {
    /// What became of each of many requests so far, without claiming them.
    pub async fn claimed_many(&mut self, keys: &[&RequestKey]) -> Result<Vec<Claim>, DbError> {
        let ids: Vec<Vec<Value>> =
            keys.iter().map(|key| vec![(&key.account).into(), (&key.request_id).into()]).collect();
        let select = "select account, request_id, method, digest, answer from request_log \
                      where (account, request_id) in (";
        let mut known = HashMap::new();
        for row in self.bulk_returning(select, &ids, ")").await? {
            known.insert((row.text("account")?, row.text("request_id")?), row);
        }
        keys.iter()
            .map(|key| {
                let row = known.get(&(key.account.clone(), key.request_id.clone()));
                row.map_or(Ok(Claim::Fresh), |row| key.compare(row))
            })
            .collect()
    }

    /// Claims many requests with their answers, to be committed with their effects; false if one of the ids was claimed
    /// meanwhile. Waits for other transactions that hold such a claim.
    pub async fn answer_many(
        &mut self,
        answers: &[(&RequestKey, Vec<u8>)],
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let mut answers: Vec<_> = answers.iter().collect();
        // two writers wait for each other's claims in one order
        answers.sort_unstable_by_key(|(key, _)| (&key.account, &key.request_id));
        let rows: Vec<Vec<Value>> = answers
            .into_iter()
            .map(|(key, answer)| {
                vec![
                    (&key.account).into(),
                    (&key.request_id).into(),
                    key.method.into(),
                    (&key.digest).into(),
                    answer.as_slice().into(),
                    now.into(),
                ]
            })
            .collect();
        let head = "insert into request_log (account, request_id, method, digest, answer, at) values";
        let claimed = self.bulk(head, &rows, "on conflict (account, request_id) do nothing").await?;
        Ok(claimed == rows.len() as u64)
    }

    /// Claims the request id for this transaction. While another transaction holds the same claim, this waits for its end:
    /// committed, it is a repeat; rolled back, the claim is ours.
    pub async fn claim(
        &mut self,
        account: &str,
        request_id: &str,
        method: &str,
        digest: &str,
        now: Timestamp,
    ) -> Result<Claim, DbError> {
        let insert =
            "insert into request_log (account, request_id, method, digest, at) values ($1, $2, $3, $4, $5)
            on conflict (account, request_id) do nothing";
        let args = [account.into(), request_id.into(), method.into(), digest.into(), now.into()];
        if self.exec(insert, &args).await? == 1 {
            return Ok(Claim::Fresh);
        }
        match self.claimed(account, request_id, method, digest).await? {
            Claim::Fresh => Err(DbError::other("a claimed request id is not in the request log")),
            known => Ok(known),
        }
    }

    /// What became of a request id so far, without claiming it.
    pub async fn claimed(
        &mut self,
        account: &str,
        request_id: &str,
        method: &str,
        digest: &str,
    ) -> Result<Claim, DbError> {
        let select = "select method, digest, answer from request_log where account = $1 and request_id = $2";
        let Some(row) = self.one(select, &[account.into(), request_id.into()]).await? else {
            return Ok(Claim::Fresh);
        };
        if row.text("method")? != method || row.text("digest")? != digest {
            return Ok(Claim::Clash);
        }
        row.bytes("answer").map(Claim::Repeat).map_err(|error| error.in_row("request_log", request_id))
    }

    /// Keeps the answer of a claimed request, to be committed with its effects.
    pub async fn answer(&mut self, account: &str, request_id: &str, answer: &[u8]) -> Result<(), DbError> {
        let update =
            "update request_log set answer = $1 where account = $2 and request_id = $3 and answer is null";
        match self.exec(update, &[answer.into(), account.into(), request_id.into()]).await? {
            1 => Ok(()),
            _ => Err(DbError::other("answered a request that this transaction did not claim")),
        }
    }
}

//! Repeats of a mutating call get the first answer, also after a crash and on another replica.

use hengji_kernel::Timestamp;

use crate::{DbError, Tx};

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

impl Tx {
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

//! How far other services' journals have been taken in.

use hengji_db::{DbError, Tx};

/// Where to watch on; empty at the beginning.
pub(crate) async fn resume_token(tx: &mut Tx, service: &str) -> Result<String, DbError> {
    let row = tx.one("select resume_token from follow where service = $1", &[service.into()]).await?;
    row.map_or(Ok(String::new()), |row| row.text("resume_token"))
}

/// Claims an entry for this transaction; false if it was taken in before, here or by another replica.
pub(crate) async fn advance(tx: &mut Tx, service: &str, position: i64, token: &str) -> Result<bool, DbError> {
    let claim = "insert into follow (service, position, resume_token) values ($1, $2, $3) \
                 on conflict (service) do update set position = excluded.position, \
                 resume_token = excluded.resume_token where follow.position < excluded.position";
    Ok(tx.exec(claim, &[service.into(), position.into(), token.into()]).await? == 1)
}

use futures::future::join_all;
use hengji_db::{Claim, Db, DbError};

use crate::both::on_both;
use crate::fixture::NOW;

const ACCOUNT: &str = "accounts/finance";

/// One whole call: claim, and answer if the claim is fresh.
async fn call(db: &Db, request_id: &str, method: &str, digest: &str, answer: &[u8]) -> Claim {
    let mut tx = db.write().await.unwrap();
    let claim = tx.claim(ACCOUNT, request_id, method, digest, NOW).await.unwrap();
    if claim == Claim::Fresh {
        tokio::task::yield_now().await;
        tx.answer(ACCOUNT, request_id, answer).await.unwrap();
    }
    tx.commit().await.unwrap();
    claim
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_a_changed_request_is_a_clash() {
    on_both(async |store| {
        let db = &store.db;
        assert_eq!(call(db, "r1", "Save", "d1", b"first").await, Claim::Fresh);
        assert_eq!(call(db, "r1", "Save", "d1", b"second").await, Claim::Repeat(b"first".to_vec()));
        assert_eq!(call(db, "r1", "Save", "d2", b"x").await, Claim::Clash);
        assert_eq!(call(db, "r1", "Delete", "d1", b"x").await, Claim::Clash);
        assert_eq!(call(db, "r2", "Save", "d1", b"").await, Claim::Fresh);
        assert_eq!(call(db, "r2", "Save", "d1", b"x").await, Claim::Repeat(Vec::new()));
        let mut tx = db.write().await.unwrap();
        assert_eq!(tx.claim("accounts/other", "r1", "Save", "d9", NOW).await.unwrap(), Claim::Fresh);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_at_once_one_does_the_work_and_all_get_its_answer() {
    on_both(async |store| {
        let replica = store.replica().await;
        let calls = (0..16_u8).map(|index| {
            let db = if index % 2 == 0 { store.db.clone() } else { replica.clone() };
            tokio::spawn(async move { (index, call(&db, "r1", "Save", "d1", &[index]).await) })
        });
        let claims: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
        let fresh: Vec<u8> =
            claims.iter().filter(|(_, claim)| *claim == Claim::Fresh).map(|(index, _)| *index).collect();
        assert_eq!(fresh.len(), 1);
        let repeats = claims.iter().filter(|(_, claim)| *claim == Claim::Repeat(fresh.clone())).count();
        assert_eq!(repeats, 15);
        replica.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_request_that_was_rolled_back_may_be_tried_again() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        assert_eq!(tx.claim(ACCOUNT, "r1", "Save", "d1", NOW).await.unwrap(), Claim::Fresh);
        drop(tx);
        assert_eq!(call(&store.db, "r1", "Save", "d1", b"answer").await, Claim::Fresh);
    })
    .await;
}

#[tokio::test]
async fn refuses_to_answer_what_was_not_claimed_or_to_answer_twice() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        assert!(matches!(tx.answer(ACCOUNT, "r1", b"answer").await, Err(DbError::Other(_))));
        drop(tx);
        let mut tx = store.db.write().await.unwrap();
        tx.claim(ACCOUNT, "r1", "Save", "d1", NOW).await.unwrap();
        tx.answer(ACCOUNT, "r1", b"answer").await.unwrap();
        assert!(matches!(tx.answer(ACCOUNT, "r1", b"other").await, Err(DbError::Other(_))));
    })
    .await;
}

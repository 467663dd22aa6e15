use hengji_db::{DbError, Dialect, Journal};

use crate::both::{Store, on_both};
use crate::fixture::append_all;
use crate::journal::{journal, numbered};

async fn ten_sealed(store: &Store) -> Journal {
    append_all(&store.db, numbered(1..11)).await;
    let journal = journal(&store.db);
    journal.seal().await.unwrap();
    journal
}

/// Changes the journal as somebody with full rights on the database could.
async fn tamper(store: &Store, sql: &str) {
    let mut tx = store.db.write().await.unwrap();
    let triggers: &[&str] = match store.db.dialect() {
        Dialect::Sqlite => {
            &["drop trigger journal_entry_refuses_update", "drop trigger journal_entry_refuses_delete"]
        }
        Dialect::Postgres => &["drop trigger journal_entry_refuses_change on journal_entry"],
    };
    for drop_trigger in triggers {
        tx.exec(drop_trigger, &[]).await.unwrap();
    }
    tx.exec(sql, &[]).await.unwrap();
    tx.commit().await.unwrap();
}

/// What a check of the whole chain finds after `sql`.
async fn finds(sql: &str, broken_at: i64, reason: &str) {
    on_both(async |store| {
        let journal = ten_sealed(store).await;
        tamper(store, sql).await;
        let found = journal.verify(0, 0).await.unwrap();
        assert_eq!(
            (found.ok, found.broken_at, found.reason.as_str()),
            (false, Some(broken_at), reason),
            "{sql}"
        );
        assert_eq!((found.checked, found.head_position), (broken_at - 1, broken_at - 1));
    })
    .await;
}

#[tokio::test]
async fn the_journal_refuses_update_and_delete() {
    on_both(async |store| {
        ten_sealed(store).await;
        for sql in ["update journal_entry set reason = ''", "delete from journal_entry where position = 10"] {
            let mut tx = store.db.write().await.unwrap();
            let refused = tx.exec(sql, &[]).await.unwrap_err();
            assert!(
                matches!(refused, DbError::Constraint(why) if why == "journal_entry is append-only"),
                "{sql}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_check_of_an_untouched_journal_finds_nothing() {
    on_both(async |store| {
        assert!(journal(&store.db).verify(0, 0).await.unwrap().ok);
        let journal = ten_sealed(store).await;
        let head = journal.head().await.unwrap();
        for (from, to, checked) in [(0, 0, 10), (1, 10, 10), (4, 0, 7), (4, 6, 3), (10, 10, 1), (11, 0, 0)] {
            let check = journal.verify(from, to).await.unwrap();
            assert_eq!((check.ok, check.checked, check.broken_at), (true, checked, None), "{from} to {to}");
            assert_eq!(check.head_hash == head.hash, to == 0 || to == 10, "{from} to {to}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_check_finds_an_edited_entry_in_every_column() {
    for change in
        ["reason = 'other'", "payload = '{}'", "region = null", "at = at + 1", "sealed_at = sealed_at + 1"]
    {
        finds(&format!("update journal_entry set {change} where position = 4"), 4, "hash mismatch").await;
    }
}

#[tokio::test]
async fn a_check_finds_text_moved_from_one_column_to_the_next() {
    let sql = "update journal_entry set payload = payload || substr(reason, 1, 1), reason = substr(reason, 2)
        where position = 4";
    finds(sql, 4, "hash mismatch").await;
}

#[tokio::test]
async fn a_check_finds_a_deleted_entry() {
    finds("delete from journal_entry where position = 6", 6, "gap").await;
    finds("delete from journal_entry where position = 1", 1, "gap").await;
}

#[tokio::test]
async fn a_check_finds_a_deleted_entry_that_was_papered_over() {
    let sql = "update journal_entry set position = -position where position = 6";
    finds(sql, 6, "gap").await;
    let sql =
        "update journal_entry set previous_hash = (select e.hash from journal_entry e where e.position = 2)
        where position = 4";
    finds(sql, 4, "previous hash mismatch").await;
}

#[tokio::test]
async fn a_cut_off_end_shows_against_a_position_kept_elsewhere() {
    on_both(async |store| {
        let journal = ten_sealed(store).await;
        tamper(store, "delete from journal_entry where position > 7").await;
        assert!(journal.verify(0, 0).await.unwrap().ok);
        let found = journal.verify(0, 10).await.unwrap();
        assert_eq!((found.broken_at, found.reason.as_str()), (Some(8), "gap"));
    })
    .await;
}

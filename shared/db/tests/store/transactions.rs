use hengji_db::{DbError, Value};
use hengji_kernel::{Money, Timestamp};

use crate::both::on_both;
use crate::fixture::{MIGRATIONS, NOW, entry, project};

const EXTREMES: [i64; 6] = [i64::MIN, -1, 0, 9_007_199_254_740_993, 9_999_999_999_999_999, i64::MAX];

#[tokio::test]
async fn money_comes_back_to_the_fen() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        for (id, fen) in (0_i64..).zip(EXTREMES) {
            let args = [id.into(), Money::from_fen(fen).into()];
            tx.exec("insert into amount (id, fen) values ($1, $2)", &args).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut tx = store.db.read().await.unwrap();
        let rows = tx.all("select fen from amount order by id", &[]).await.unwrap();
        let fen: Vec<_> = rows.iter().map(|row| row.money("fen").unwrap().fen()).collect();
        assert_eq!(fen, EXTREMES);
        let sum =
            "select cast(coalesce(sum(fen), 0) as bigint) as total from amount where id between $1 and $2";
        let total = tx.one(sum, &[3_i64.into(), 4_i64.into()]).await.unwrap().unwrap();
        assert_eq!(total.int("total").unwrap(), 19_007_199_254_740_992);
    })
    .await;
}

#[tokio::test]
async fn nulls_texts_and_bytes_come_back_as_they_were() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        let insert = "insert into amount (id, fen, label, raw) values ($1, $2, $3, $4)";
        let raw: &[u8] = &[0, 255, 10];
        tx.exec(insert, &[1_i64.into(), Value::Int(None), "绩效 '); --".into(), raw.into()]).await.unwrap();
        tx.exec(insert, &[2_i64.into(), NOW.into(), Value::Text(None), Value::Bytes(None)]).await.unwrap();
        let select = "select id, fen, label, raw, case when fen is null then 1 else 0 end as open from amount order by id";
        let rows = tx.all(select, &[]).await.unwrap();
        assert_eq!(rows[0].get::<Option<i64>>("fen").unwrap(), None);
        assert_eq!(rows[0].text("label").unwrap(), "绩效 '); --");
        assert_eq!(rows[0].bytes("raw").unwrap(), raw);
        assert!(rows[0].get::<bool>("open").unwrap());
        assert_eq!(rows[1].get::<Timestamp>("fen").unwrap(), NOW);
        assert_eq!(rows[1].get::<Option<String>>("label").unwrap(), None);
        assert!(matches!(rows[1].text("label"), Err(DbError::Corrupt { column, .. }) if column == "label"));
    })
    .await;
}

#[tokio::test]
async fn bulk_stores_every_row_whatever_the_tail_of_the_last_statement() {
    on_both(async |store| {
        // two binds a row: 1500 rows fill a statement
        for count in [0_i64, 1, 2, 1499, 1500, 1501, 3001] {
            let mut tx = store.db.write().await.unwrap();
            let rows: Vec<Vec<Value>> = (0..count).map(|id| vec![id.into(), (id * 7).into()]).collect();
            let head = "insert into amount (id, fen) values";
            assert_eq!(tx.bulk(head, &rows, "").await.unwrap(), count.unsigned_abs());
            assert_eq!(tx.bulk(head, &rows, "on conflict (id) do nothing").await.unwrap(), 0);
            let check = "select count(*) as n, cast(coalesce(sum(fen), 0) as bigint) as total from amount";
            let row = tx.one(check, &[]).await.unwrap().unwrap();
            assert_eq!(row.int("n").unwrap(), count);
            assert_eq!(row.int("total").unwrap(), 7 * count * (count - 1) / 2);
        }
    })
    .await;
}

#[tokio::test]
async fn a_rollback_leaves_neither_state_nor_journal_nor_claim() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        tx.claim("accounts/a", "r1", "Save", "d", NOW).await.unwrap();
        tx.insert(&project("p1"), NOW).await.unwrap();
        tx.append(entry("e1")).await.unwrap();
        drop(tx);

        let mut tx = store.db.read().await.unwrap();
        for table in ["project", "journal_pending", "request_log"] {
            let row = tx.one(&format!("select count(*) as n from {table}"), &[]).await.unwrap().unwrap();
            assert_eq!(row.int("n").unwrap(), 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_reader_cannot_write() {
    on_both(async |store| {
        let mut tx = store.db.read().await.unwrap();
        assert!(tx.exec("insert into amount (id) values ($1)", &[1_i64.into()]).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_reader_sees_one_state_throughout() {
    on_both(async |store| {
        let count = "select count(*) as n from amount";
        let mut reader = store.db.read().await.unwrap();
        assert_eq!(reader.one(count, &[]).await.unwrap().unwrap().int("n").unwrap(), 0);
        let mut writer = store.db.write().await.unwrap();
        writer.exec("insert into amount (id) values ($1)", &[1_i64.into()]).await.unwrap();
        writer.commit().await.unwrap();
        assert_eq!(reader.one(count, &[]).await.unwrap().unwrap().int("n").unwrap(), 0);
        drop(reader);
        let mut later = store.db.read().await.unwrap();
        assert_eq!(later.one(count, &[]).await.unwrap().unwrap().int("n").unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_broken_constraint_is_told_apart_from_an_outage() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        let mut wrong = project("p1");
        wrong.budget = Money::from_fen(-1);
        assert!(matches!(tx.insert(&wrong, NOW).await, Err(DbError::Constraint(name)) if name.contains("budget_fen")));
        drop(tx);
        let mut tx = store.db.write().await.unwrap();
        assert!(matches!(tx.exec("select nonsense", &[]).await, Err(DbError::Other(_))));
    })
    .await;
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    on_both(async |store| {
        let replica = store.replica().await;
        replica.ping().await.unwrap();
        replica.close().await;
        assert!(matches!(replica.ping().await, Err(DbError::Unavailable(_))));
    })
    .await;
}

#[tokio::test]
async fn all_replicas_share_the_first_secret() {
    on_both(async |store| {
        let replica = store.replica().await;
        let (one, other) = tokio::join!(store.db.secret("page", b"one"), replica.secret("page", b"other"));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one, other);
        assert!(one == b"one" || one == b"other");
        assert_eq!(replica.secret("page", b"third").await.unwrap(), one);
        assert_eq!(replica.secret("resume", b"fourth").await.unwrap(), b"fourth");
        assert!(replica.pending(MIGRATIONS).await.unwrap().is_empty());
        replica.close().await;
    })
    .await;
}

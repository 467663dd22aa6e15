use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use hengji_db::{Db, Dialect, Head, Journal, JournalFilter, SealedEntry};
use hengji_kernel::{DataScope, FixedClock};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::both::{on_both, on_postgres};
use crate::fixture::{NOW, append_all, entry, scope};

pub fn journal(db: &Db) -> Journal {
    Journal::new(db.clone(), Arc::new(FixedClock::at(NOW.plus_seconds(5))))
}

pub fn numbered(range: std::ops::Range<u32>) -> impl Iterator<Item = String> {
    range.map(|number| format!("e{number:03}"))
}

/// The next entries of a watch; a bounded wait, so that a lost entry fails the test instead of hanging it.
async fn watched(journal: &Journal, after: i64, count: usize) -> Vec<SealedEntry> {
    let entries = journal.watch(after).take(count).map(Result::unwrap).collect();
    timeout(Duration::from_secs(20), entries).await.unwrap()
}

fn positions(entries: &[SealedEntry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.position).collect()
}

fn ids(entries: &[SealedEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.entry_id.as_str()).collect()
}

#[tokio::test]
async fn a_sealed_entry_says_what_was_appended_and_joins_the_chain() {
    on_both(async |store| {
        let journal = journal(&store.db);
        let zeros = "0".repeat(64);
        assert_eq!(journal.head().await.unwrap(), Head { position: 0, hash: zeros.clone() });
        assert_eq!(journal.seal().await.unwrap(), 0);
        append_all(&store.db, numbered(1..3)).await;
        assert_eq!(journal.seal().await.unwrap(), 2);
        assert_eq!(journal.seal().await.unwrap(), 0);

        let list = journal.list(0, 10, &JournalFilter::within(DataScope::Everything)).await.unwrap();
        let (first, told) = (&list[0], entry("e001"));
        assert_eq!(positions(&list), [1, 2]);
        assert_eq!(
            (&first.payload, &first.reason, &first.region),
            (&told.payload, &told.reason, &told.region)
        );
        assert_eq!(
            (&first.account, &first.method, &first.request_id),
            (&told.account, &told.method, &told.request_id)
        );
        assert_eq!(
            (first.kind.as_str(), &first.subject, &first.unit),
            (told.kind, &told.subject, &told.unit)
        );
        assert_eq!((first.at, first.sealed_at), (NOW, NOW.plus_seconds(5)));
        assert_eq!(first.previous_hash, zeros);
        assert_eq!(list[1].previous_hash, first.hash);
        assert_eq!(journal.head().await.unwrap(), Head { position: 2, hash: list[1].hash.clone() });
    })
    .await;
}

#[tokio::test]
async fn both_databases_make_the_same_chain() {
    let heads = std::sync::Mutex::new(HashSet::new());
    on_both(async |store| {
        append_all(&store.db, numbered(1..4)).await;
        journal(&store.db).seal().await.unwrap();
        let head = journal(&store.db).head().await.unwrap();
        heads.lock().unwrap().insert(head.hash);
    })
    .await;
    assert_eq!(heads.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_transaction_that_commits_late_is_sealed_late_and_not_skipped() {
    on_postgres(async |store| {
        let journal = journal(&store.db);
        let mut late = store.db.write().await.unwrap();
        late.append(entry("late")).await.unwrap();
        append_all(&store.db, ["early".to_owned()]).await;
        journal.seal().await.unwrap();
        let first = watched(&journal, 0, 1).await;
        assert_eq!(ids(&first), ["early"]);

        late.commit().await.unwrap();
        append_all(&store.db, ["after".to_owned()]).await;
        journal.seal().await.unwrap();
        let rest = watched(&journal, 1, 2).await;
        assert_eq!(ids(&rest), ["late", "after"]);
        assert_eq!(positions(&rest), [2, 3]);
    })
    .await;
}

/// Commits entries as they come, every third one late, while two replicas seal and one watches from the beginning.
#[tokio::test(flavor = "multi_thread")]
async fn watchers_miss_nothing_while_writers_and_sealers_race() {
    on_both(async |store| {
        let replica = store.replica().await;
        let mut stops = Vec::new();
        let mut sealers = Vec::new();
        for journal in [journal(&store.db), journal(&replica)] {
            let (stop, stopped) = oneshot::channel::<()>();
            stops.push(stop);
            sealers.push(tokio::spawn(async move {
                journal.run(async { stopped.await.unwrap_or_default() }).await;
            }));
        }
        let watcher = {
            let journal = journal(&replica);
            tokio::spawn(async move { watched(&journal, 0, 120).await })
        };
        let writers = (0..4_u32).map(|writer| {
            let db = store.db.clone();
            tokio::spawn(async move {
                for number in 0..30_u32 {
                    let mut tx = db.write().await.unwrap();
                    tx.append(entry(&format!("{writer}-{number}"))).await.unwrap();
                    for _ in 0..(number % 3) * 20 {
                        tokio::task::yield_now().await;
                    }
                    tx.commit().await.unwrap();
                }
            })
        });
        for written in join_all(writers).await {
            written.unwrap();
        }
        let seen = watcher.await.unwrap();
        assert_eq!(positions(&seen), (1..=120).collect::<Vec<_>>());
        assert_eq!(ids(&seen).into_iter().collect::<HashSet<_>>().len(), 120);
        let of_one_writer: Vec<_> = ids(&seen).into_iter().filter(|id| id.starts_with("2-")).collect();
        assert_eq!(of_one_writer, (0..30).map(|number| format!("2-{number}")).collect::<Vec<_>>());

        drop(stops);
        for sealer in sealers {
            sealer.await.unwrap();
        }
        assert!(journal(&store.db).verify(0, 0).await.unwrap().ok);
        replica.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sealers_at_once_give_gapless_positions() {
    on_both(async |store| {
        let replica = store.replica().await;
        let mut tx = store.db.write().await.unwrap();
        tx.append_many(numbered(0..750).map(|id| entry(&id)).collect()).await.unwrap();
        tx.commit().await.unwrap();
        let journals = [journal(&store.db), journal(&replica), journal(&store.db), journal(&replica)];
        let sealed: u64 =
            join_all(journals.iter().map(Journal::seal)).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(sealed, 750);
        let entries = journals[0].list(0, 1000, &JournalFilter::within(DataScope::Everything)).await.unwrap();
        assert_eq!(positions(&entries), (1..=750).collect::<Vec<_>>());
        assert_eq!(ids(&entries), numbered(0..750).collect::<Vec<_>>());
        let check = journals[1].verify(0, 0).await.unwrap();
        assert_eq!((check.ok, check.checked, check.head_position), (true, 750, 750));
        replica.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_sealer_brings_each_commit_to_the_watcher_and_stops_with_nothing_pending() {
    on_both(async |store| {
        let journal = journal(&store.db);
        let sealer = journal.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let running =
            tokio::spawn(async move { sealer.run(async { stopped.await.unwrap_or_default() }).await });
        let mut watch = journal.watch(0);
        for position in 1..=3 {
            append_all(&store.db, [format!("e{position}")]).await;
            let news = timeout(Duration::from_secs(20), watch.next()).await.unwrap().unwrap().unwrap();
            assert_eq!((news.position, news.entry_id), (position, format!("e{position}")));
        }
        append_all(&store.db, ["last".to_owned()]).await;
        stop.send(()).unwrap();
        running.await.unwrap();
        assert_eq!(journal.head().await.unwrap().position, 4);
    })
    .await;
}

#[tokio::test]
async fn lists_by_kind_subject_and_scope() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        tx.append(entry("e1")).await.unwrap();
        let mut other = entry("e2");
        other.kind = "project.closed";
        other.unit = Some("220".parse().unwrap());
        tx.append(other).await.unwrap();
        let mut nowhere = entry("e3");
        (nowhere.region, nowhere.unit) = (None, None);
        tx.append(nowhere).await.unwrap();
        tx.commit().await.unwrap();
        let journal = journal(&store.db);
        journal.seal().await.unwrap();

        let everything = JournalFilter::within(DataScope::Everything);
        let cases = [
            (everything.clone(), vec![1, 2, 3]),
            (JournalFilter { kinds: vec!["project.closed".into()], ..everything.clone() }, vec![2]),
            (JournalFilter { subject: Some("projects/e3".into()), ..everything }, vec![3]),
            (JournalFilter::within(scope(&[("640300000", None)])), vec![1, 2]),
            (JournalFilter::within(scope(&[("640300000", Some("219"))])), vec![1]),
            (JournalFilter::within(scope(&[("000000000", None)])), vec![1, 2, 3]),
            (JournalFilter::within(scope(&[])), vec![]),
        ];
        for (filter, expected) in cases {
            assert_eq!(positions(&journal.list(0, 10, &filter).await.unwrap()), expected, "{filter:?}");
        }
        let everything = JournalFilter::within(DataScope::Everything);
        assert_eq!(positions(&journal.list(1, 1, &everything).await.unwrap()), [2]);
        assert_eq!(store.db.dialect() == Dialect::Sqlite, store.url.starts_with("sqlite"));
    })
    .await;
}

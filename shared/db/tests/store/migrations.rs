use futures::future::join_all;
use hengji_db::{Db, Migration};

use crate::both::{on_both, on_empty_schema, open, sqlite_url};
use crate::fixture::MIGRATIONS;

async fn migrate_from_many_at_once(url: &str) {
    let replicas = join_all((0..4).map(|_| open(url))).await;
    let pending = replicas[0].pending(MIGRATIONS).await.unwrap();
    assert_eq!(pending, ["common 0001_common", "test 0001_project"]);
    for outcome in join_all(replicas.iter().map(|replica| replica.migrate(MIGRATIONS))).await {
        outcome.unwrap();
    }
    for replica in &replicas {
        assert!(replica.pending(MIGRATIONS).await.unwrap().is_empty());
        replica.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_is_made_by_whoever_opens_it_first() {
    for _ in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let url = sqlite_url(&folder);
        let openers: Vec<_> = (0..8)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { Db::open("test", &url).await.map(|_| ()) })
            })
            .collect();
        for opened in join_all(openers).await {
            opened.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn migrators_at_once_migrate_an_empty_store_once() {
    let folder = tempfile::tempdir().unwrap();
    migrate_from_many_at_once(&sqlite_url(&folder)).await;
    on_empty_schema(async |url| migrate_from_many_at_once(&url).await).await;
}

const NEXT: &[Migration] = &[
    MIGRATIONS[0],
    Migration {
        version: 2,
        name: "extra",
        sqlite: "create table extra (id bigint primary key)",
        postgres: "create table extra (id bigint primary key)",
    },
];
const BROKEN: &[Migration] = &[
    MIGRATIONS[0],
    NEXT[1],
    Migration { version: 3, name: "broken", sqlite: "create nonsense", postgres: "create nonsense" },
];
const REWRITTEN: &[Migration] = &[Migration { sqlite: "select 1", postgres: "select 1", ..MIGRATIONS[0] }];

#[tokio::test]
async fn a_failed_migration_leaves_nothing_of_its_run() {
    on_both(async |store| {
        assert!(store.db.migrate(BROKEN).await.is_err());
        assert_eq!(store.db.pending(NEXT).await.unwrap(), ["test 0002_extra"]);
        store.db.migrate(NEXT).await.unwrap();
        assert!(store.db.pending(NEXT).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn refuses_a_landed_migration_that_changed() {
    on_both(async |store| {
        assert!(store.db.migrate(REWRITTEN).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn refuses_the_database_of_another_service() {
    on_both(async |store| {
        let stranger = Db::open("stranger", &store.url).await.unwrap();
        let refused = stranger.migrate(&[]).await.unwrap_err();
        assert_eq!(refused.to_string(), "database of stranger already belongs to test");
        stranger.close().await;
    })
    .await;
}

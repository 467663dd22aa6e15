use futures::future::join_all;
use hengji_db::{Db, DbError, Filter, Stored};
use hengji_kernel::{DataScope, Money, Timestamp};

use crate::both::on_both;
use crate::fixture::{NOW, Project, project, project_of, region, scope, unit};

const EVERYTHING: DataScope = DataScope::Everything;

async fn store_all(db: &Db, projects: &[Project]) {
    let mut tx = db.write().await.unwrap();
    assert!(tx.insert_many(projects, NOW).await.unwrap().into_iter().all(|stored| stored));
    tx.commit().await.unwrap();
}

async fn load(db: &Db, name: &str) -> Stored<Project> {
    db.read().await.unwrap().load(name, &EVERYTHING).await.unwrap().unwrap()
}

/// Loads, adds one fen, saves; begins again when somebody was faster.
async fn add_a_fen(db: &Db) {
    loop {
        let mut tx = db.write().await.unwrap();
        let mut stored: Stored<Project> = tx.load("p1", &EVERYTHING).await.unwrap().unwrap();
        stored.record.budget += Money::from_fen(1);
        tokio::task::yield_now().await;
        match tx.save(&stored, NOW).await {
            Ok(_) => return tx.commit().await.unwrap(),
            Err(DbError::Stale { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_who_read_then_save_lose_no_update() {
    on_both(async |store| {
        store_all(&store.db, &[project("p1")]).await;
        let tasks = (0..20).map(|_| {
            let db = store.db.clone();
            tokio::spawn(async move { add_a_fen(&db).await })
        });
        for done in join_all(tasks).await {
            done.unwrap();
        }
        let stored = load(&store.db, "p1").await;
        assert_eq!(stored.record.budget, project("p1").budget + Money::from_fen(20));
        assert_eq!(stored.version, 21);
    })
    .await;
}

#[tokio::test]
async fn a_stored_record_comes_back_with_its_version_and_times() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        let inserted = tx.insert(&project("p1"), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(load(&store.db, "p1").await, inserted);

        let mut tx = store.db.write().await.unwrap();
        let mut changed = inserted.clone();
        changed.record.state = "approved".to_owned();
        let saved = tx.save(&changed, NOW.plus_seconds(60)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((saved.version, saved.created_at, saved.updated_at), (2, NOW, NOW.plus_seconds(60)));
        assert_eq!(load(&store.db, "p1").await, saved);
        let approved = Filter::new().eq("state", "approved");
        assert_eq!(store.db.read().await.unwrap().count::<Project>(&EVERYTHING, &approved).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn refuses_to_save_over_a_newer_version() {
    on_both(async |store| {
        store_all(&store.db, &[project("p1")]).await;
        let early = load(&store.db, "p1").await;
        let mut tx = store.db.write().await.unwrap();
        tx.save(&early, NOW).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = store.db.write().await.unwrap();
        let refused = tx.save(&early, NOW).await.unwrap_err();
        assert!(matches!(refused, DbError::Stale { table: "project", name } if name == "p1"));
    })
    .await;
}

#[tokio::test]
async fn many_are_saved_at_once_or_none_of_them() {
    on_both(async |store| {
        let projects: Vec<_> = (0..2500).map(|number| project(&format!("p{number:04}"))).collect();
        store_all(&store.db, &projects).await;
        let names: Vec<_> = projects.iter().map(|project| project.name.clone()).collect();
        let mut tx = store.db.write().await.unwrap();
        let mut stored: Vec<Stored<Project>> = tx.load_many(&names, &EVERYTHING).await.unwrap();
        stored.reverse();
        for one in &mut stored {
            one.record.budget += Money::from_fen(1);
            one.record.unit = None;
        }
        let later = Timestamp(NOW.micros() + 1);
        let saved = tx.save_many(&stored, later).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(saved[0].record, stored[0].record);
        assert!(saved.iter().all(|one| (one.version, one.created_at, one.updated_at) == (2, NOW, later)));
        let mut tx = store.db.read().await.unwrap();
        let mut loaded: Vec<Stored<Project>> = tx.load_many(&names, &EVERYTHING).await.unwrap();
        loaded.reverse();
        assert_eq!(loaded, saved);
        drop(tx);

        // one was saved meanwhile, one was never stored
        let mut tx = store.db.write().await.unwrap();
        tx.save(&saved[7], later).await.unwrap();
        tx.commit().await.unwrap();
        let mut unknown = saved[8..10].to_vec();
        unknown[1].record.name = "nowhere".into();
        for (many, expected) in [(&saved, &saved[7].record.name), (&unknown, &"nowhere".to_owned())] {
            let mut tx = store.db.write().await.unwrap();
            let refused = tx.save_many(many, later).await;
            assert!(matches!(refused, Err(DbError::Stale { name, .. }) if name == *expected));
        }
        assert_eq!(load(&store.db, &saved[8].record.name).await, saved[8]);
        let mut tx = store.db.write().await.unwrap();
        assert!(tx.save_many::<Project>(&[], later).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn refuses_to_save_what_was_never_stored() {
    on_both(async |store| {
        let ghost = Stored { record: project("ghost"), version: 1, created_at: NOW, updated_at: NOW };
        let mut tx = store.db.write().await.unwrap();
        assert!(matches!(tx.save(&ghost, NOW).await, Err(DbError::Stale { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_taken_name_is_refused_and_nothing_of_the_attempt_remains() {
    on_both(async |store| {
        store_all(&store.db, &[project("p1")]).await;
        let mut tx = store.db.write().await.unwrap();
        tx.insert(&project("p0"), NOW).await.unwrap();
        let mut second = project("p1");
        second.state = "approved".to_owned();
        let refused = tx.insert(&second, NOW).await.unwrap_err();
        assert!(matches!(refused, DbError::Exists { table: "project", name } if name == "p1"));
        drop(tx);

        assert_eq!(load(&store.db, "p1").await.record, project("p1"));
        let mut tx = store.db.read().await.unwrap();
        assert!(tx.load::<Project>("p0", &EVERYTHING).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn many_inserts_say_which_names_were_taken() {
    on_both(async |store| {
        store_all(&store.db, &[project("p0003"), project("p0700")]).await;
        // nine binds a row: 333 rows fill a statement, the duplicate of p0001 falls into a later one
        let mut projects: Vec<_> = (0..701).map(|n| project(&format!("p{n:04}"))).collect();
        projects.push(project("p0001"));
        let mut tx = store.db.write().await.unwrap();
        let stored = tx.insert_many(&projects, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let taken: Vec<_> = (0..stored.len()).filter(|&index| !stored[index]).collect();
        assert_eq!(taken, [3, 700, 701]);
        let mut tx = store.db.read().await.unwrap();
        assert_eq!(tx.count::<Project>(&EVERYTHING, &Filter::new()).await.unwrap(), 701);
        assert!(tx.load::<Project>("p0500", &EVERYTHING).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_in_order_without_gap_or_repeat() {
    on_both(async |store| {
        // upper and lower case, so that a collation other than by bytes would show
        let mut names: Vec<_> =
            (0..250).map(|n| format!("{}{n:03}", if n % 2 == 0 { 'P' } else { 'p' })).collect();
        let projects: Vec<_> = names.iter().map(|name| project(name)).collect();
        store_all(&store.db, &projects).await;
        names.sort();

        let mut tx = store.db.read().await.unwrap();
        let mut seen: Vec<String> = Vec::new();
        loop {
            let after = seen.last().map(String::as_str);
            let page = tx.page::<Project>(&EVERYTHING, &Filter::new(), after, 60).await.unwrap();
            if page.is_empty() {
                break;
            }
            seen.extend(page.into_iter().map(|stored| stored.record.name));
        }
        assert_eq!(seen, names);
    })
    .await;
}

#[tokio::test]
async fn filters_narrow_by_every_column() {
    on_both(async |store| {
        let mut projects = vec![
            project_of("regions/a/projects/1", "640323000", Some("219001")),
            project_of("regions/a/projects/2", "640300000", Some("219")),
            project_of("regions/ab/projects/3", "650000000", Some("220001")),
            project_of("regions/b/projects/4", "640324000", None),
        ];
        for (fen, project) in (1_i64..).zip(&mut projects) {
            project.budget = Money::from_fen(fen * 100);
        }
        projects[2].state = "approved".to_owned();
        store_all(&store.db, &projects).await;

        let cases = [
            (Filter::new(), "1234"),
            (Filter::new().eq("state", "approved"), "3"),
            (Filter::new().eq("unit", None::<&str>), "4"),
            (Filter::new().one_of("unit", ["219", "220001"]), "23"),
            (Filter::new().one_of("unit", Vec::<&str>::new()), ""),
            (Filter::new().region_subtree(&region("640300000")), "124"),
            (Filter::new().region_subtree(&region("000000000")), "1234"),
            (Filter::new().unit_subtree(&unit("219")), "12"),
            (Filter::new().at_least("budget_fen", Money::from_fen(200)), "234"),
            (Filter::new().at_least("budget_fen", 200_i64).at_most("budget_fen", 300_i64), "23"),
            (Filter::new().under("regions/a"), "12"),
            (Filter::new().unit_subtree(&unit("219")).eq("state", "approved"), ""),
        ];
        let mut tx = store.db.read().await.unwrap();
        for (filter, expected) in cases {
            let page = tx.page::<Project>(&EVERYTHING, &filter, None, 10).await.unwrap();
            let found: String = page.iter().filter_map(|stored| stored.record.name.chars().last()).collect();
            assert_eq!(found, expected, "{filter:?}");
            let count = tx.count::<Project>(&EVERYTHING, &filter).await.unwrap();
            assert_eq!(count, i64::try_from(expected.len()).unwrap(), "{filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn loads_many_by_name_within_the_scope() {
    on_both(async |store| {
        let mut projects: Vec<_> = (0..600).map(|n| project(&format!("p{n:03}"))).collect();
        projects[7] = project_of("p007", "650000000", None);
        store_all(&store.db, &projects).await;
        let mut names: Vec<_> = projects.iter().rev().map(|project| project.name.clone()).collect();
        names.extend(["p001".to_owned(), "absent".to_owned()]);
        let mut tx = store.db.read().await.unwrap();
        let found = tx.load_many::<Project>(&names, &scope(&[("640000000", None)])).await.unwrap();
        assert_eq!(found.len(), 599);
        assert!(found.is_sorted_by_key(|stored| stored.record.name.clone()));
        assert!(tx.load_many::<Project>(&[], &EVERYTHING).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_damaged_body_names_table_column_and_record() {
    on_both(async |store| {
        store_all(&store.db, &[project("p1")]).await;
        let mut tx = store.db.write().await.unwrap();
        tx.exec("update project set body = $1 where name = $2", &["{}".into(), "p1".into()]).await.unwrap();
        let damaged = tx.load::<Project>("p1", &EVERYTHING).await.unwrap_err();
        assert!(
            matches!(damaged, DbError::Corrupt { table: "project", column, key } if column == "body" && key == "p1")
        );
    })
    .await;
}

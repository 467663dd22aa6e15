use hengji_db::{Filter, Record};
use hengji_kernel::DataScope;

use crate::both::{Store, on_both};
use crate::fixture::{CatalogItem, NOW, Project, project_of, region, scope};

const REGIONS: [&str; 9] = [
    "000000000",
    "640000000",
    "640300000",
    "640323000",
    "640323101",
    "640324000",
    "641000000",
    "650000000",
    "990000000",
];
const UNITS: [Option<&str>; 6] =
    [None, Some("219"), Some("219001"), Some("219001002"), Some("220"), Some("999001")];

fn scopes() -> Vec<DataScope> {
    vec![
        DataScope::Everything,
        scope(&[]),
        scope(&[("000000000", None)]),
        scope(&[("640000000", None)]),
        scope(&[("640300000", None)]),
        scope(&[("640323000", None)]),
        scope(&[("640323101", None)]),
        scope(&[("990000000", None)]),
        scope(&[("640323000", Some("219"))]),
        scope(&[("000000000", Some("219001"))]),
        scope(&[("990000000", Some("999"))]),
        scope(&[("640323000", Some("219001")), ("650000000", None)]),
        scope(&[("640323000", Some("219")), ("640300000", Some("220")), ("640324000", None)]),
    ]
}

async fn visible<T: Record>(store: &Store, scope: &DataScope) -> Vec<String> {
    let mut tx = store.db.read().await.unwrap();
    let page = tx.page::<T>(scope, &Filter::new(), None, 1000).await.unwrap();
    let count = tx.count::<T>(scope, &Filter::new()).await.unwrap();
    assert_eq!(count, i64::try_from(page.len()).unwrap());
    page.iter().map(|stored| stored.record.name()).collect()
}

#[tokio::test]
async fn a_scope_shows_exactly_the_records_it_contains() {
    on_both(async |store| {
        let mut projects = Vec::new();
        for region_code in REGIONS {
            for unit_code in UNITS {
                let name = format!("{region_code}-{}", unit_code.unwrap_or("none"));
                projects.push(project_of(&name, region_code, unit_code));
            }
        }
        let mut tx = store.db.write().await.unwrap();
        tx.insert_many(&projects, NOW).await.unwrap();
        tx.commit().await.unwrap();

        for scope in scopes() {
            let mut expected: Vec<_> = projects
                .iter()
                .filter(|project| scope.contains(&project.region, project.unit.as_ref()))
                .map(Project::name)
                .collect();
            expected.sort();
            assert_eq!(visible::<Project>(store, &scope).await, expected, "{scope:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_record_of_a_whole_region_is_hidden_from_its_units() {
    on_both(async |store| {
        let items: Vec<_> = REGIONS
            .iter()
            .map(|code| CatalogItem { name: (*code).to_owned(), region: region(code) })
            .collect();
        let mut tx = store.db.write().await.unwrap();
        tx.insert_many(&items, NOW).await.unwrap();
        tx.commit().await.unwrap();

        for scope in scopes() {
            let reached = items.iter().filter(|item| scope.covers_region(&item.region));
            let expected: Vec<_> = reached.map(|item| item.name.clone()).collect();
            assert_eq!(visible::<CatalogItem>(store, &scope).await, expected, "{scope:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_record_outside_the_scope_is_as_if_absent() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        tx.insert(&project_of("p1", "640323000", Some("219001")), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.db.read().await.unwrap();
        for (scope, seen) in [
            (scope(&[("640323000", Some("219"))]), true),
            (scope(&[("640323000", Some("220"))]), false),
            (scope(&[("640324000", None)]), false),
            (scope(&[]), false),
        ] {
            assert_eq!(tx.load::<Project>("p1", &scope).await.unwrap().is_some(), seen, "{scope:?}");
        }
    })
    .await;
}

use hengji_db::{Filter, Scoping, Tally};
use hengji_kernel::DataScope;

use crate::both::on_both;
use crate::fixture::{NOW, Project, project_of, scope};

const BY_STATE: Tally =
    Tally { table: "project", scoping: Scoping::RegionAndUnit, groups: &["state"], sums: &["budget_fen"] };

fn projects() -> Vec<Project> {
    let of = |name: &str, unit: &str, state: &str| Project {
        state: state.to_owned(),
        ..project_of(name, "640323000", Some(unit))
    };
    vec![
        of("a", "219001", " direct_funds policy "),
        of("b", "219002", " policy "),
        of("c", "220", " policy "),
    ]
}

#[tokio::test]
async fn counts_and_sums_by_group_within_the_scope() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        tx.insert_many(&projects(), NOW).await.unwrap();
        let department = scope(&[("640323000", Some("219"))]);
        let rows = tx.tally(BY_STATE, &department, &Filter::new()).await.unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                let count = row.int("records").unwrap();
                (row.text("state").unwrap(), count, row.money("budget_fen").unwrap().fen())
            })
            .collect();
        let expected = [(" direct_funds policy ", 1, 1_234_500), (" policy ", 1, 1_234_500)];
        assert_eq!(told, expected.map(|(state, count, fen)| (state.to_owned(), count, fen)));
        let whole = Tally { groups: &[], ..BY_STATE };
        let all = tx.tally(whole, &DataScope::Everything, &Filter::new()).await.unwrap();
        assert_eq!(all[0].int("records").unwrap(), 3);
        let nothing = tx.tally(whole, &scope(&[]), &Filter::new()).await.unwrap();
        assert_eq!((nothing[0].int("records").unwrap(), nothing[0].int("budget_fen").unwrap()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_word_is_found_among_words_and_only_as_a_whole() {
    on_both(async |store| {
        let mut tx = store.db.write().await.unwrap();
        tx.insert_many(&projects(), NOW).await.unwrap();
        for (word, found) in
            [("policy", 3), ("direct_funds", 1), ("direct", 0), ("directXfunds", 0), ("%", 0)]
        {
            let filter = Filter::new().holds("state", word);
            let rows = tx.page::<Project>(&DataScope::Everything, &filter, None, 10).await.unwrap();
            assert_eq!(rows.len(), found, "{word}");
        }
    })
    .await;
}

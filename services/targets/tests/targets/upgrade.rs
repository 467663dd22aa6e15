//! Rows stored before a column was there are filled when the schema is brought up to date.

use hengji_db::{Db, Value};
use hengji_targets::SERVICE;
use hengji_testkit::databases;

const PROJECT: &str = "regions/640323000/years/2026/projects/P1";

/// A project and two concluded assessments as the first schema held them.
async fn store_before(db: &Db) -> anyhow::Result<()> {
    let mut tx = db.write().await?;
    let body = r#"{"category":"operation","marks":["consolidation","transfer"],"ex_ante_required":true}"#;
    tx.exec(
        "insert into project (name, version, body, created_at, updated_at, region, unit, year, code, fund_kind, state, \
         request_fen, approved_fen, added_fen) \
         values ($1, 1, $2, 0, 0, '640323000', '219001', 2026, 'P1', 'general_public', 'stored', 100, 0, 0)",
        &[PROJECT.into(), body.into()],
    )
    .await?;
    for (id, state, at) in [("E1", "concluded", 1_i64), ("E2", "concluded", 2), ("E3", "draft", 3)] {
        let name = format!("regions/640323000/years/2026/exAnteAssessments/{id}");
        let values: [Value; 4] = [name.into(), at.into(), PROJECT.into(), state.into()];
        tx.exec(
            "insert into ex_ante_assessment (name, version, body, created_at, updated_at, region, unit, year, project, \
             state, grade, cut_fen) values ($1, 1, '{}', 0, $2, '640323000', '219001', 2026, $3, $4, 'good', 7)",
            &values,
        )
        .await?;
    }
    Ok(tx.commit().await?)
}

#[tokio::test]
async fn projects_and_assessments_of_before_are_found_by_the_new_columns() -> anyhow::Result<()> {
    for database in databases().await? {
        let db = database.open(SERVICE.name).await?;
        db.migrate(&SERVICE.migrations[..1]).await?;
        store_before(&db).await?;
        db.migrate(SERVICE.migrations).await?;
        let mut tx = db.read().await?;
        let select = "select project.category as category, project.marks as marks, assessed.ex_ante_required as required, \
                      assessed.cut_fen as cut_fen \
                      from project join assessed_project assessed on assessed.name = project.name";
        let rows = tx.all(select, &[]).await?;
        assert_eq!(rows.len(), 1, "one assessment of several counts");
        assert_eq!(rows[0].text("category")?, "operation");
        assert_eq!(rows[0].text("marks")?, " consolidation transfer ");
        assert_eq!((rows[0].int("required")?, rows[0].int("cut_fen")?), (1, 7));
        let latest = tx.all("select name from ex_ante_assessment where latest = 1", &[]).await?;
        assert!(latest[0].text("name")?.ends_with("/E2"));
        drop(tx);
        drop(db);
        database.remove().await?;
    }
    Ok(())
}

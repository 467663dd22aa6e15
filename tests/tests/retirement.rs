//! An indicator of the library is retired while targets use it: the targets go on as they were, and so do their readings.

use anyhow::ensure;
use hengji_testkit::databases;
use hengji_tests::prepared::{self, Prepared};
use hengji_tests::{Running, Topology};
use serde_json::{Value, json};

const INDICATOR: &str = "indicators/LOCAL-1";
const PROJECT: &str = "regions/640323000/years/2021/projects/P2";
const TARGET: &str = "regions/640323000/years/2021/targets/T2";

/// An indicator of the county's library, in force.
async fn indicator(people: &Prepared) -> anyhow::Result<Value> {
    let indicator = json!({
        "code": "LOCAL-1", "title": "维修教学楼面积", "level1": "产出指标", "level2": "数量指标", "common": true,
        "object_kind": "OBJECT_KIND_PROJECT", "layer": prepared::REGION, "direction": "DIRECTION_HIGHER_BETTER",
        "nature": "NATURE_QUANTITATIVE", "unit": "平方米", "definition": "当年维修的教学楼面积", "document": "local",
    });
    let names = json!({ "names": [INDICATOR] });
    people
        .catalog
        .ask("catalog.IndicatorService/BatchCreateIndicators", json!({ "indicators": [indicator] }))
        .await?;
    people.catalog.ask("catalog.IndicatorService/SubmitIndicators", names.clone()).await?;
    let active = people.catalog.ask("catalog.IndicatorService/ActivateIndicators", names).await?;
    Ok(active["indicators"][0].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_goes_on_with_an_indicator_that_was_retired() -> anyhow::Result<()> {
    for database in databases().await? {
        let running = Running::start(Topology::AllInOne, &database).await?;
        let people = prepared::prepare(running.link(), &running.administrator).await?;
        let active = indicator(&people).await?;
        let mut target = prepared::target(PROJECT);
        target["indicators"][0]["catalog_indicator"] = json!(INDICATOR);
        let filed = prepared::declare(&people, "P2", "T2", target).await?;
        let retire = json!({ "name": INDICATOR, "etag": active["etag"], "reason": "口径调整" });
        people.catalog.ask("catalog.IndicatorService/RetireIndicator", retire).await?;
        prepared::approve(&people, &filed).await?;

        let kept = people.auditor.ask("targets.TargetService/GetTarget", json!({ "name": TARGET })).await?;
        let named = &kept["target"]["indicators"][0]["catalog_indicator"];
        ensure!(named == INDICATOR, "on {}: {named}", database.label());
        let opened =
            people.catalog.ask("catalog.IndicatorService/GetIndicator", json!({ "name": named })).await?;
        let (state, title) = (&opened["indicator"]["state"], &opened["indicator"]["title"]);
        ensure!(state == "INDICATOR_STATE_RETIRED" && title == "维修教学楼面积", "{opened}");
        let found = json!({ "query": "维修教学楼面积", "layer": prepared::REGION });
        let offered = people.catalog.ask("catalog.IndicatorService/SearchIndicators", found).await?;
        ensure!(offered["indicators"].as_array().is_none_or(Vec::is_empty), "still offered: {offered}");
        // the approved target holds it, so what it achieves is still collected
        let allotment = json!({
            "project": PROJECT, "allotment_id": "A2", "document": "盐财预〔2021〕2号",
            "amount_yuan": { "value": "1.00" }, "issue_date": { "year": 2021, "month": 3, "day": 1 },
        });
        people.line.ask("monitoring.AllotmentService/IssueAllotment", allotment).await?;
        let reading = json!({
            "indicator_code": "1", "value_text": "3000平方米",
            "reading_date": { "year": 2021, "month": 12, "day": 20 },
        });
        let readings = json!({ "project": PROJECT, "readings": [reading] });
        let read = people.declarer.ask("monitoring.ReadingService/RecordReadings", readings).await?;
        let actual = &read["position"]["indicators"][0]["actual_text"];
        ensure!(actual == "3000平方米", "{read}");
        running.stop().await?;
        database.remove().await?;
    }
    Ok(())
}

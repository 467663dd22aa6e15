//! A layer's own indicator file: compared, drafted, put in force.

use hengji_proto::catalog::v1 as pb;
use hengji_testkit::{Bench, Rights, request_id};
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::common::*;

fn row(code: &str, title: &str) -> Value {
    json!({
        "code": code, "title": title, "level1": "产出指标", "level2": "数量指标", "object_type": "project",
        "direction": "positive", "nature": "quantitative", "unit": "%", "document": "local",
    })
}

fn importing(layer: &str, rows: &[Value]) -> pb::ImportIndicatorsRequest {
    pb::ImportIndicatorsRequest {
        request_id: request_id(),
        validate_only: false,
        layer: layer.into(),
        content_json: json!(rows).to_string(),
        reason: "县级指标库".into(),
    }
}

async fn import(
    bench: &Bench,
    by: &Rights,
    request: pb::ImportIndicatorsRequest,
) -> Result<pb::ImportIndicatorsResponse, Status> {
    Ok(indicators(bench).import_indicators(bench.by(by, request)).await?.into_inner())
}

fn told(answer: &pb::ImportIndicatorsResponse) -> Vec<(&str, pb::ImportAction)> {
    answer.rows.iter().map(|row| (row.name.as_str(), row.action())).collect()
}

fn counts(answer: &pb::ImportIndicatorsResponse) -> [i32; 4] {
    [answer.new_count, answer.changed_count, answer.unchanged_count, answer.left_out_count]
}

async fn get(bench: &Bench, name: &str) -> Result<pb::Indicator, Status> {
    let request = pb::GetIndicatorRequest { name: name.into(), revision: 0 };
    let answer = indicators(bench).get_indicator(bench.by(&reader(), request)).await?;
    Ok(answer.into_inner().indicator.unwrap_or_default())
}

#[tokio::test]
async fn a_county_compares_its_file_imports_it_and_puts_the_drafts_in_force() -> anyhow::Result<()> {
    on_each(async |bench| {
        let county = keeper_of(COUNTY);
        let first = importing(COUNTY, &[row("A", "覆盖率"), row("B", "完成率"), row("C", "合格率")]);
        assert_eq!(counts(&import(bench, &county, first).await?), [3, 0, 0, 0]);
        let names: Vec<String> = ["A", "B", "C"].iter().map(|code| format!("indicators/{code}")).collect();
        reviewed(bench, names).await?;

        let mut changed = row("A", "道路覆盖率");
        changed["definition"] = "养护到的里程占全部里程".into();
        let second = importing(COUNTY, &[row("D", "及时率"), changed, row("B", "完成率")]);
        let compared = pb::ImportIndicatorsRequest { validate_only: true, ..second.clone() };
        let compared = import(bench, &county, compared).await?;
        assert_eq!(counts(&compared), [1, 1, 1, 1]);
        assert_eq!(
            told(&compared),
            [
                ("indicators/D", pb::ImportAction::New),
                ("indicators/A", pb::ImportAction::Changed),
                ("indicators/C", pb::ImportAction::LeftOut),
            ]
        );
        let changes: Vec<_> = compared.rows[1]
            .changes
            .iter()
            .map(|one| (one.field.as_str(), one.before.as_str(), one.after.as_str()))
            .collect();
        assert_eq!(
            changes,
            [("title", "覆盖率", "道路覆盖率"), ("definition", "", "养护到的里程占全部里程")]
        );
        assert_eq!(get(bench, "indicators/D").await.unwrap_err().code(), Code::NotFound, "only compared");

        assert_eq!(import(bench, &county, second.clone()).await?, compared);
        assert_eq!(import(bench, &county, second.clone()).await?, compared, "a repeat gets the first answer");
        let again = pb::ImportIndicatorsRequest { request_id: request_id(), ..second };
        assert_eq!(counts(&import(bench, &county, again).await?), [0, 0, 3, 1], "already drafted");
        let a = get(bench, "indicators/A").await?;
        assert_eq!((a.title.as_str(), a.pending_state()), ("覆盖率", pb::IndicatorState::Draft));
        let active = reviewed(bench, vec!["indicators/A".into(), "indicators/D".into()]).await?;
        assert_eq!((active[0].title.as_str(), active[0].revision), ("道路覆盖率", 2));
        assert_eq!(get(bench, "indicators/C").await?.state(), pb::IndicatorState::Active, "left as it is");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_is_refused_whole_with_every_fault() -> anyhow::Result<()> {
    on_each(async |bench| {
        let by = keeper_of(COUNTY);
        let mut wrong = row("A", "");
        wrong["valid_from"] = "2022-01-01".into();
        wrong["valid_to"] = "2021-01-01".into();
        let twice = importing(COUNTY, &[wrong, row("B", "完成率"), row("B", "完成率")]);
        let mut fields = subjects(&import(bench, &by, twice).await.unwrap_err());
        fields.sort();
        assert_eq!(fields, ["rows[0].title", "rows[0].valid_to", "rows[2].code"]);
        let mut unknown = row("A", "覆盖率");
        unknown["weight"] = "10".into();
        let mut nature = row("A", "覆盖率");
        nature["nature"] = "vague".into();
        for rows in [vec![], vec![unknown], vec![nature], vec![json!("A")]] {
            let status = import(bench, &by, importing(COUNTY, &rows)).await.unwrap_err();
            assert_eq!(
                (status.code(), subjects(&status)),
                (Code::InvalidArgument, vec!["content_json".into()])
            );
        }
        let outside = import(bench, &keeper_of(NEIGHBOUR), importing(COUNTY, &[row("A", "覆盖率")])).await;
        assert_eq!(outside.unwrap_err().code(), Code::NotFound);
        assert_eq!(
            get(bench, "indicators/B").await.unwrap_err().code(),
            Code::NotFound,
            "nothing was stored"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_import_changes_nothing_that_is_anothers_in_review_or_retired() -> anyhow::Result<()> {
    on_each(async |bench| {
        let by = keeper_of(COUNTY);
        activated(bench, vec![indicator("N", "国家指标")]).await?;
        import(bench, &by, importing(COUNTY, &[row("A", "甲"), row("R", "乙"), row("D", "丙")])).await?;
        let active = reviewed(bench, vec!["indicators/A".into(), "indicators/R".into()]).await?;
        let retire = pb::RetireIndicatorRequest {
            request_id: request_id(),
            validate_only: false,
            name: active[1].name.clone(),
            etag: active[1].etag.clone(),
            reason: "停用".into(),
            successor: String::new(),
        };
        indicators(bench).retire_indicator(bench.by(&by, retire)).await?;
        import(bench, &by, importing(COUNTY, &[row("A", "甲改")])).await?;
        let names = vec!["indicators/A".to_owned()];
        let submit = pb::SubmitIndicatorsRequest { request_id: request_id(), validate_only: false, names };
        indicators(bench).submit_indicators(bench.by(&by, submit)).await?;

        let all = [row("N", "县里改的"), row("A", "再改"), row("R", "再改"), row("D", "丙改")];
        let refused = import(bench, &by, importing(COUNTY, &all)).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        assert_eq!(subjects(&refused), ["indicators/N", "indicators/A", "indicators/R"]);
        assert_eq!(get(bench, "indicators/D").await?.title, "丙", "all or none");
        import(bench, &by, importing(COUNTY, &all[3..])).await?;
        assert_eq!(get(bench, "indicators/D").await?.title, "丙改", "a draft is written anew");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_long_answer_ends_early_and_its_counts_do_not() -> anyhow::Result<()> {
    on_each(async |bench| {
        let file = |letter: &str| -> Vec<Value> {
            let defined = |number: i32| {
                let mut row = row(&format!("L{number:03}"), "覆盖率");
                row["definition"] = letter.repeat(2000).into();
                row
            };
            (0..400).map(defined).collect()
        };
        let first = import(bench, &keeper(), importing(NATION, &file("甲"))).await?;
        assert_eq!(first.rows.len(), 400);
        let second = import(bench, &keeper(), importing(NATION, &file("乙"))).await?;
        assert_eq!(counts(&second), [0, 400, 0, 0]);
        assert!((100..400).contains(&second.rows.len()), "{}", second.rows.len());
        Ok(())
    })
    .await
}

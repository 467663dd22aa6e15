//! What was scored once is scored again to the byte, and anyone can ask where a printed score comes from.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::ObjectKind;
use hengji_testkit::Bench;
use prost::Message;
use serde_json::Value;
use tonic::Status;

use crate::common::*;

fn shipped_text(folder: &str, part: &str) -> String {
    shipped(folder).into_iter().find(|(file, _)| file.contains(part)).expect("shipped").1
}

fn content(folder: &str, part: &str) -> Value {
    serde_json::from_str(&shipped_text(folder, part)).expect("json")
}

/// The rows of a published table as their page prints them, and its money.
fn published(part: &str) -> pb::ScoreTableRequest {
    let case = content("cases", part);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let wan = |value: &Value| {
        let printed: rust_decimal::Decimal = text(value).parse().ok()?;
        decimal(&(printed * rust_decimal::Decimal::from(10_000)).normalize().to_string())
    };
    let row = |row: &Value| pb::ScoreInput {
        code: text(&row["code"]),
        level1: text(&row["level1"]),
        title: text(&row["name"]),
        target_text: text(&row["target"]),
        actual_text: text(&row["actual"]),
        weight: decimal(&text(&row["weight"])),
        direction: match row["direction"].as_str() {
            Some("positive") => pb::Direction::HigherBetter.into(),
            Some("negative") => pb::Direction::LowerBetter.into(),
            _ => 0,
        },
        share_percent: row["share_percent"].as_str().and_then(decimal),
        nature: match row["nature"].as_str() {
            Some("qualitative") => pb::Nature::Qualitative.into(),
            _ => 0,
        },
        ..Default::default()
    };
    let source = |row: &Value| pb::ScoreMoneySource {
        title: text(&row["source"]),
        initial_yuan: wan(&row["initial"]),
        budget_yuan: wan(&row["annual"]),
        executed_yuan: wan(&row["executed"]),
    };
    let total = &case["money"]["total"];
    pb::ScoreTableRequest {
        region: text(&case["region"]),
        date: date(i32::try_from(case["year"].as_i64().expect("a year")).expect("four digits"), 12, 31),
        object_kind: ObjectKind::Project.into(),
        rule_packs: vec![],
        rows: case["rows"].as_array().expect("rows").iter().map(row).collect(),
        money: Some(pb::ScoreMoney {
            initial_yuan: wan(&total["initial"]),
            budget_yuan: wan(&total["annual"]),
            executed_yuan: wan(&total["executed"]),
            sources: case["money"]["rows"].as_array().into_iter().flatten().map(source).collect(),
            ..Default::default()
        }),
        adjustments: vec![],
    }
}

async fn scored(bench: &Bench, request: &pb::ScoreTableRequest) -> Result<pb::Scorecard, Status> {
    let answer = rule_packs(bench).score_table(bench.by(&reader(), request.clone())).await?;
    Ok(answer.into_inner().scorecard.unwrap_or_default())
}

fn points(card: &pb::Scorecard, code: &str) -> String {
    let row = card.rows.iter().find(|row| row.code == code).expect("a row");
    row.computed_score.clone().unwrap_or_default().value
}

/// The national pack with the execution rate by bands, from a day on.
fn corrected(valid_from: &str) -> Value {
    let mut pack = content("rule-packs", "national-2021");
    pack["sections"]["execution"] =
        content("rule-packs/variants", "banded-101")["sections"]["execution"].take();
    pack["valid_from"] = valid_from.into();
    pack
}

#[tokio::test]
async fn a_score_of_the_past_is_given_again_byte_for_byte_after_its_rules_were_superseded()
-> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &content("rule-packs", "national-2021")).await?;
        let request = pb::ScoreTableRequest { money: half_spent(), ..published("zhongjiang") };
        let then = scored(bench, &request).await?;

        in_force(bench, &corrected("2023-01-01")).await?;
        let again = scored(bench, &request).await?;
        assert_eq!(again.encode_to_vec(), then.encode_to_vec(), "the day of the table still has its rules");
        let later = pb::ScoreTableRequest { date: date(2023, 12, 31), ..request.clone() };
        assert_ne!(scored(bench, &later).await?.total, then.total);

        in_force(bench, &corrected("2021-08-18")).await?;
        let now = scored(bench, &request).await?;
        assert_ne!((&now.total, &now.rule_pack_sha256), (&then.total, &then.rule_pack_sha256));
        let pinned =
            pb::ScoreTableRequest { rule_packs: vec!["rulePacks/national-2021@1".into()], ..request };
        let replayed = scored(bench, &pinned).await?;
        assert_eq!(replayed.rule_pack_sha256, then.rule_pack_sha256);
        assert_eq!(replayed.encode_to_vec(), then.encode_to_vec(), "under its own revision, to the byte");
        Ok(())
    })
    .await
}

#[expect(clippy::unnecessary_wraps, reason = "as a message field holds it")]
fn half_spent() -> Option<pb::ScoreMoney> {
    Some(pb::ScoreMoney {
        budget_yuan: decimal("200000"),
        executed_yuan: decimal("150000"),
        ..Default::default()
    })
}

#[tokio::test]
async fn a_stranger_reads_where_a_printed_score_comes_from_and_tries_other_rules() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &content("rule-packs", "national-2021")).await?;
        in_force(bench, &content("rule-packs/variants", "shidian-execution-20")).await?;
        let request = published("shidian");
        let card = scored(bench, &request).await?;
        assert_eq!(points(&card, "1"), "8.00", "printed 8.0");
        let why = card.rows[0].explanation.clone().unwrap_or_default();
        assert_eq!(why.steps[0].document, "财预〔2021〕101号");
        assert_eq!(
            (why.steps[0].rule.as_str(), why.steps[0].rule_pack.as_str()),
            ("quantitative.at-least", "national-2021")
        );
        assert_eq!(why.steps[0].arithmetic, "20 × 6 ÷ 15 = 8");

        let banded = draft_text(bench, &shipped_text("rule-packs/variants", "banded-101")).await?;
        let compare = pb::CompareScoresRequest {
            other_rule_packs: vec!["rulePacks/national-2021@1".into(), banded.name],
            table: Some(request),
        };
        let answer = rule_packs(bench).compare_scores(bench.by(&reader(), compare)).await?.into_inner();
        let execution = answer.differences.last().expect("the execution rate comes last").clone();
        let value = |score: Option<_>| score.map(|score: hengji_proto::google::r#type::Decimal| score.value);
        assert_eq!(value(execution.base_score).as_deref(), Some("2.89"), "printed 2.9 of 20");
        assert_eq!(
            value(execution.other_score).as_deref(),
            Some("0.00"),
            "below 60 % the bands give nothing"
        );
        let other = execution.other_explanation.unwrap_or_default();
        assert!(other.text.contains("national-banded-101"), "{}", other.text);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_broken_pack_says_everything_that_is_wrong_with_it_and_stays_a_draft() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut broken = content("rule-packs", "national-2021");
        broken["sections"]["satisfaction"]["rule"]["bands"][1]["from"] = "81".into();
        broken["sections"]["weights"][0]["rule"]["level1"][0]["points"] = "-20".into();
        broken["sections"]["monitoring_calendar"][0]["rule"]["rounds"][0]["cut_off"]["month"] = 13.into();
        broken["sections"]["review_chain"][0]["document"] = "".into();
        let draft = draft(bench, &broken).await?;
        let refused = rule_packs(bench).activate_rule_pack(bench.by(&keeper(), activation(&draft))).await;
        let status = refused.unwrap_err();
        assert_eq!(why(&status).1, "RULE_PACK_UNFIT");
        let check = pb::CheckRulePackRequest { content_json: broken.to_string() };
        let found =
            rule_packs(bench).check_rule_pack(bench.by(&reader(), check)).await?.into_inner().findings;
        let codes: Vec<_> = found.iter().map(|finding| finding.code.as_str()).collect();
        for code in ["bands.gap", "weights.sum", "weights.positive", "rounds.day", "rule.document"] {
            assert!(codes.contains(&code), "{code} not in {codes:?}");
        }
        assert!(
            found.iter().all(|finding| finding.path.starts_with("sections.") && !finding.message.is_empty())
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn money_by_source_that_does_not_add_up_is_refused() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &content("rule-packs", "national-2021")).await?;
        let mut request = published("zhongjiang");
        if let Some(money) = &mut request.money {
            money.executed_yuan = decimal("0");
        }
        let status = scored(bench, &request).await.unwrap_err();
        assert_eq!(why(&status).1, "NOT_SCORABLE");
        assert_eq!(subjects(&status), ["execution"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_person_may_set_the_execution_score_and_add_plus_and_minus_points() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &content("rule-packs", "national-2021")).await?;
        let mut bonus = content("rule-packs/variants", "consolidation-evaluation-yunnan");
        bonus["object_types"] = serde_json::json!(["project"]);
        bonus["layer"] = "510000000".into();
        in_force(bench, &bonus).await?;
        let mut request = published("zhongjiang");
        if let Some(money) = &mut request.money {
            money.given_score = decimal("5");
            money.given_reason = "抽查发现列支不实".into();
        }
        let adjustment = |rule: &str| pb::AdjustmentInput {
            rule: format!("adjustment.{rule}"),
            times: 2,
            reason: "考核认定".into(),
        };
        request.adjustments = vec![adjustment("innovation"), adjustment("discipline")];
        let card = scored(bench, &request).await?;
        let execution = card.rows.last().expect("the execution rate").clone();
        let value =
            |score: &Option<_>| score.clone().map(|score: hengji_proto::google::r#type::Decimal| score.value);
        assert_eq!(value(&execution.computed_score).as_deref(), Some("10.00"));
        assert_eq!(value(&execution.given_score).as_deref(), Some("5"));
        let points: Vec<_> =
            card.adjustments.iter().map(|one| value(&one.points).unwrap_or_default()).collect();
        assert_eq!(points, ["2", "-4"]);
        request.adjustments[1].rule = "adjustment.luck".into();
        assert_eq!(subjects(&scored(bench, &request).await.unwrap_err()), ["adjustment.luck"]);
        Ok(())
    })
    .await
}

//! What-if scores.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::{Grade, ObjectKind};
use hengji_testkit::Bench;
use tonic::{Code, Status};

use crate::common::*;

fn row(code: &str, target: &str, actual: &str, weight: &str) -> pb::ScoreInput {
    pb::ScoreInput {
        code: code.into(),
        level1: "产出指标".into(),
        level2: "数量指标".into(),
        title: format!("指标{code}"),
        target_text: target.into(),
        actual_text: actual.into(),
        weight: decimal(weight),
        ..Default::default()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as a message field holds it")]
fn money(budget: &str, executed: &str) -> Option<pb::ScoreMoney> {
    Some(pb::ScoreMoney {
        budget_yuan: decimal(budget),
        executed_yuan: decimal(executed),
        ..Default::default()
    })
}

fn table(rows: Vec<pb::ScoreInput>) -> pb::ScoreTableRequest {
    pb::ScoreTableRequest {
        region: COUNTY.into(),
        date: date(2021, 12, 31),
        object_kind: ObjectKind::Project.into(),
        rule_packs: vec![],
        rows,
        money: money("1000", "875.50"),
        adjustments: vec![],
    }
}

async fn score(bench: &Bench, request: pb::ScoreTableRequest) -> Result<pb::Scorecard, Status> {
    Ok(rule_packs(bench)
        .score_table(bench.by(&reader(), request))
        .await?
        .into_inner()
        .scorecard
        .unwrap_or_default())
}

fn text(value: Option<&hengji_proto::google::r#type::Decimal>) -> &str {
    value.map_or("", |value| value.value.as_str())
}

#[tokio::test]
async fn scores_a_table_and_explains_every_row() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let judged = pb::ScoreInput {
            given_score: decimal("38"),
            given_reason: "佐证不足".into(),
            ..row("B", "≥100个", "100个", "40")
        };
        let card = score(bench, table(vec![row("A", "≥90%", "81%", "50"), judged])).await?;
        assert_eq!((text(card.total.as_ref()), card.grade()), ("91.76", Grade::Excellent));
        let codes: Vec<_> = card.rows.iter().map(|row| row.code.as_str()).collect();
        assert_eq!(codes, ["A", "B", "execution"]);
        assert_eq!(text(card.rows[0].given_score.as_ref()), "45.00");
        assert_eq!(text(card.rows[1].computed_score.as_ref()), "40.00");
        assert_eq!(text(card.rows[1].given_score.as_ref()), "38");
        assert_eq!(card.rows[1].given_reason, "佐证不足");
        assert_eq!(text(card.rows[2].given_score.as_ref()), "8.76");
        let why = card.rows[0].explanation.as_ref().unwrap();
        assert_eq!(
            (why.steps[0].rule.as_str(), why.steps[0].rule_pack.as_str()),
            ("quantitative.at-least", "n")
        );
        assert_eq!(why.steps[0].arithmetic, "50 × 81 ÷ 90 = 45");
        let why = card.rows[2].explanation.as_ref().unwrap();
        assert_eq!(why.conclusion, "预算执行率 87.55%：8.76 分（分值 10）");
        assert!(card.explanation.unwrap().conclusion.contains("优"));
        assert!(card.findings.is_empty(), "{:?}", card.findings);
        assert_eq!(card.rule_pack_sha256.len(), 64);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn remarks_on_full_output_with_little_money_spent() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let request =
            pb::ScoreTableRequest { money: money("1000", "300"), ..table(vec![row("A", "≥9", "9", "90")]) };
        let card = score(bench, request).await?;
        assert_eq!((text(card.total.as_ref()), card.grade()), ("93.00", Grade::Excellent));
        assert_eq!(card.findings, ["执行率只有 30%，产出却全部得满分"]);
        let without =
            score(bench, pb::ScoreTableRequest { money: None, ..table(vec![row("A", "≥9", "9", "90")]) })
                .await?;
        assert_eq!((without.rows.len(), text(without.total.as_ref())), (1, "90.00"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn tries_a_draft_without_effect_and_only_where_it_applies() -> anyhow::Result<()> {
    on_each(async |bench| {
        let n = in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?.name;
        let trial = draft(bench, &overlay("try", COUNTY, "2021-01-01", "20")).await?.name;
        let later = draft(bench, &overlay("later", COUNTY, "2022-01-01", "20")).await?.name;
        let unfit = draft(bench, &overlay("unfit", COUNTY, "2021-01-01", "-1")).await?.name;
        let under = |names: &[&String]| pb::ScoreTableRequest {
            rule_packs: names.iter().map(ToString::to_string).collect(),
            ..table(vec![row("A", "≥9", "9", "80")])
        };
        let plain = score(bench, under(&[])).await?;
        let tried = score(bench, under(&[&n, &trial])).await?;
        assert_eq!(text(plain.total.as_ref()), "88.76");
        assert_eq!(text(tried.total.as_ref()), "97.51");
        assert_ne!(plain.rule_pack_sha256, tried.rule_pack_sha256);
        assert_eq!(score(bench, under(&[])).await?, plain);

        let refused = score(bench, under(&[&n, &later])).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()));
        assert_eq!(subjects(&refused), [later]);
        let refused = score(bench, under(&[&n, &unfit])).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()));
        assert_eq!(subjects(&refused), ["sections.execution.rule.weight"]);
        let refused = score(bench, under(&[&n, &"rulePacks/n@7".to_owned()])).await.unwrap_err();
        assert_eq!(why(&refused), (Code::InvalidArgument, "FIELD_INVALID".into()));
        assert_eq!(subjects(&refused), ["rule_packs[1]"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_what_cannot_be_scored_row_by_row() -> anyhow::Result<()> {
    on_each(async |bench| {
        let rows = || vec![row("A", "≥90%", "", "45"), row("B", "≥3", "2", "45")];
        let refused = score(bench, table(rows())).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()), "none in force");
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let refused = score(bench, pb::ScoreTableRequest { money: money("0", "1"), ..table(rows()) })
            .await
            .unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "NOT_SCORABLE".into()));
        assert_eq!(subjects(&refused), ["A", "execution"]);

        let wrong = vec![
            pb::ScoreInput { weight: None, given_reason: "无".into(), ..row("A", "≥1", "1", "0") },
            pb::ScoreInput {
                share_percent: decimal("half"),
                direction: 7,
                title: String::new(),
                ..row("A", "", "", "1")
            },
            row("execution", "≥1", "1", "1"),
        ];
        let request = pb::ScoreTableRequest { money: money("1.234", "x"), ..table(wrong) };
        let refused = score(bench, request).await.unwrap_err();
        assert_eq!(why(&refused), (Code::InvalidArgument, "FIELD_INVALID".into()));
        let mut fields = subjects(&refused);
        fields.sort();
        assert_eq!(
            fields,
            [
                "money.budget_yuan",
                "money.executed_yuan",
                "rows[0].given_reason",
                "rows[0].weight",
                "rows[1].code",
                "rows[1].direction",
                "rows[1].share_percent",
                "rows[1].title",
                "rows[2].code",
            ]
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_indicator_may_say_how_it_is_scored() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut rules = pack("n", NATION, "2021-01-01", "10");
        let cited =
            |id: &str, rule| serde_json::json!({ "id": id, "document": "财预〔2020〕10号", "rule": rule });
        rules["sections"]["direct"] = cited("direct", serde_json::json!({ "unmet_share_percent": "0" }));
        rules["sections"]["deduction"] =
            cited("deduction", serde_json::json!({ "step_percent": "1", "points_percent": "2" }));
        in_force(bench, &rules).await?;
        let by = |code: &str, method: pb::ScoringMethod| pb::ScoreInput {
            method: method.into(),
            ..row(code, "≥100个", "90个", "20")
        };
        let passing =
            pb::ScoreInput { pass_at_percent: decimal("95"), ..row("D", "≥100个", "90个", "30") };
        let rows = vec![
            by("A", pb::ScoringMethod::Unspecified),
            by("B", pb::ScoringMethod::Direct),
            by("C", pb::ScoringMethod::Deduction),
            passing,
        ];
        let card = score(bench, table(rows)).await?;
        let scores: Vec<_> = card.rows.iter().map(|row| text(row.given_score.as_ref())).collect();
        assert_eq!(scores, ["18.00", "0.00", "16.00", "0.00", "8.76"]);
        let unknown = pb::ScoreInput { method: 99, ..row("A", "≥1", "1", "90") };
        assert_eq!(subjects(&score(bench, table(vec![unknown])).await.unwrap_err()), ["rows[0].method"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn two_sets_of_rules_stand_side_by_side() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let other = draft(bench, &pack("m", NATION, "2021-01-01", "20")).await?;
        let request = pb::CompareScoresRequest {
            table: Some(table(vec![row("A", "≥90%", "81%", "80")])),
            other_rule_packs: vec![other.name.clone()],
        };
        let answer =
            rule_packs(bench).compare_scores(bench.by(&reader(), request.clone())).await?.into_inner();
        let told: Vec<_> =
            answer.differences.iter().map(|row| (row.code.as_str(), text(row.difference.as_ref()))).collect();
        assert_eq!(told, [("A", "0.00"), ("execution", "8.75")]);
        assert_eq!(text(answer.total_difference.as_ref()), "8.75");
        let behind = |explanation: &Option<hengji_proto::common::v1::Explanation>| {
            explanation.as_ref().map(|why| why.steps[0].rule_pack.clone())
        };
        assert_eq!(behind(&answer.differences[1].base_explanation), Some("n".into()));
        assert_eq!(behind(&answer.differences[1].other_explanation), Some("m".into()));
        let unknown = pb::CompareScoresRequest { other_rule_packs: vec!["rulePacks/x@1".into()], ..request };
        let status = rule_packs(bench).compare_scores(bench.by(&reader(), unknown)).await.unwrap_err();
        assert_eq!(subjects(&status), ["rule_packs[0]"]);
        Ok(())
    })
    .await
}

fn rules_first() -> pb::ScoreTablesRequest {
    pb::ScoreTablesRequest {
        rules: Some(pb::ScoreTablesRules {
            region: COUNTY.into(),
            date: date(2021, 12, 31),
            object_kind: ObjectKind::Project.into(),
            rule_packs: vec![],
        }),
        table: None,
    }
}

fn one_of_many(key: &str, rows: Vec<pb::ScoreInput>) -> pb::ScoreTablesRequest {
    pb::ScoreTablesRequest {
        rules: None,
        table: Some(pb::TableInput {
            key: key.into(),
            rows,
            money: money("1000", "875.50"),
            ..Default::default()
        }),
    }
}

async fn streamed(
    bench: &Bench,
    messages: Vec<pb::ScoreTablesRequest>,
) -> Result<Vec<pb::ScoreTablesResponse>, Status> {
    let request = bench.by(&reader(), futures::stream::iter(messages));
    let mut answers = rule_packs(bench).score_tables(request).await?.into_inner();
    let mut all = Vec::new();
    while let Some(answer) = answers.message().await? {
        all.push(answer);
    }
    Ok(all)
}

#[tokio::test]
async fn a_region_is_scored_in_order_and_agrees_with_the_single_call() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let rows = |n: usize| vec![row("A", "≥1000个", &format!("{n}个"), "90")];
        let mut messages = vec![rules_first()];
        messages.extend((0..700).map(|n| one_of_many(&n.to_string(), rows(n))));
        messages.push(one_of_many("bad field", vec![row("A", "≥90%", "81%", "x")]));
        messages
            .push(one_of_many("not reported", vec![row("A", "≥90%", "", "90"), row("B", "≥1", "x", "1")]));
        messages.push(one_of_many("last", rows(1000)));
        let answers = streamed(bench, messages).await?;
        assert_eq!(answers.len(), 703);
        for (n, answer) in answers.iter().take(700).enumerate() {
            assert_eq!(answer.key, n.to_string());
        }
        let single = score(bench, table(rows(699))).await?;
        let of_many = answers[699].score.as_ref().expect("scored");
        assert_eq!(of_many.total, single.total);
        assert_eq!(of_many.grade, single.grade);
        assert_eq!(of_many.rows[0].points, single.rows[0].given_score);
        assert_eq!(of_many.execution, single.rows[1].given_score);
        assert_eq!(answers[699].rule_pack_sha256, single.rule_pack_sha256);
        let refused = |answer: &pb::ScoreTablesResponse| {
            answer.refusals.iter().map(|one| (one.subject.clone(), one.rule.clone())).collect::<Vec<_>>()
        };
        assert_eq!(refused(&answers[700]), [("rows[0].weight".into(), String::new())]);
        assert_eq!(
            refused(&answers[701]),
            [("A".into(), "actual.missing".into()), ("B".into(), "actual.not_a_number".into())]
        );
        assert_eq!(text(answers[702].score.as_ref().and_then(|score| score.total.as_ref())), "98.76");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_region_without_rules_is_refused() -> anyhow::Result<()> {
    on_each(async |bench| {
        let table_first = streamed(bench, vec![one_of_many("1", vec![])]).await.unwrap_err();
        assert_eq!(
            (table_first.code(), subjects(&table_first)),
            (Code::InvalidArgument, vec!["rules".into()])
        );
        let none = streamed(bench, vec![]).await.unwrap_err();
        assert_eq!(subjects(&none), ["rules"]);
        let no_pack = streamed(bench, vec![rules_first()]).await.unwrap_err();
        assert_eq!(no_pack.code(), Code::FailedPrecondition);
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let twice = streamed(bench, vec![rules_first(), rules_first()]).await.unwrap_err();
        assert_eq!(subjects(&twice), ["table"]);
        Ok(())
    })
    .await
}
